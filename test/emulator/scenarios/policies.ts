/** A policy document, as far as the scenarios look into it. */
export interface Policy {
  readonly Version: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}
export type Statement = Readonly<Record<string, unknown>>;

/** A policy from its text; the statement list as a list, whichever way it was written. */
export function parsePolicy(text: string | undefined): Policy | null {
  if (text === undefined || text === '') return null;
  const policy: Policy = JSON.parse(text);
  return { ...policy, Statement: [policy.Statement].flat() };
}

/** The statement that refuses requests without TLS to a bucket and its objects. */
export function denyPlainHttp(bucketArn: string): Statement {
  return {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/** A policy without the names of the statements that refuse plain HTTP: how Redress calls them is its own affair. */
export function withoutSidOfPlainHttp(policy: Policy | null): Policy | null {
  if (policy === null) return null;
  const Statement = policy.Statement.map((statement) => {
    if (!JSON.stringify(statement).includes('aws:SecureTransport')) return statement;
    const { Sid: _, ...rest } = statement;
    return rest;
  });
  return { ...policy, Statement };
}
