/** Conditions on these keys with fixed values keep a statement from being public, as S3 counts it. */
const NARROWING = new Set([
  'aws:principalorgid',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourceip',
]);

interface Statement {
  readonly Effect?: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Whether S3 would call a bucket policy public (what `GetBucketPolicyStatus` says). */
export function isPublicPolicy(text: string | undefined): boolean {
  if (text === undefined) return false;
  return statementsOf(text).some(
    (statement) => statement.Effect === 'Allow' && isEveryone(statement.Principal) && !isNarrowed(statement),
  );
}

/** The statements of a policy, which may be written as a list or as one object. */
export function statementsOf(text: string): Statement[] {
  const policy: { Statement?: Statement | Statement[] } = JSON.parse(text);
  return [policy.Statement ?? []].flat();
}

function isEveryone(principal: Statement['Principal']): boolean {
  if (typeof principal === 'string') return principal === '*';
  return [principal?.AWS ?? []].flat().includes('*');
}

function isNarrowed({ Condition = {} }: Statement): boolean {
  const tests = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => ({ operator, key: key.toLowerCase(), values: [value].flat() })),
  );
  return tests.some(
    ({ operator, key, values }) =>
      NARROWING.has(key) &&
      !/^(Null|.*Not)/.test(operator) &&
      !values.some((value) => /^(\*|0\.0\.0\.0\/0|::\/0)$/.test(String(value))),
  );
}
