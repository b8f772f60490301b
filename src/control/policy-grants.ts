import {
  allowsAction,
  type Condition,
  covers,
  listOf,
  type PolicyDocument,
  type Statement,
  statementsOf,
} from './policy-document.ts';

/** What somebody must be allowed, and what is known of the requests that they will make. */
export interface Grant {
  /** A service (`logging.s3.amazonaws.com`) or the root ARN of an account. */
  readonly principal: { readonly Service: string } | { readonly AWS: string };
  readonly action: string;
  readonly resource: string;
  /** Condition keys, in lower case, with the value that such a request carries. */
  readonly context: Readonly<Record<string, string>>;
}

/**
 * Whether one statement of a policy lets a named principal do something, so
 * that nothing need be added. A condition on anything that is not known of the
 * request counts as not met: a grant too many is harmless, one too few is not.
 */
export function grants(policy: PolicyDocument | undefined, wanted: Grant): boolean {
  return statementsOf(policy).some(
    (one) =>
      one.Effect === 'Allow' &&
      names(one, wanted.principal) &&
      allowsAction(one, wanted.action) &&
      listOf(one.Resource).some((pattern) => covers(pattern, wanted.resource)) &&
      isMet(one.Condition, wanted.context),
  );
}

function names({ Principal }: Statement, wanted: Grant['principal']): boolean {
  // Whether everyone includes services, AWS leaves open.
  if (typeof Principal !== 'object') return Principal === '*' && 'AWS' in wanted;
  if ('Service' in wanted) return listOf(Principal.Service).includes(wanted.Service);
  const account = wanted.AWS.split(':')[4];
  return listOf(Principal.AWS).some((one) => one === wanted.AWS || one === account || one === '*');
}

function isMet(condition: Condition | undefined, context: Grant['context']): boolean {
  return Object.entries(condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      const value = context[key.toLowerCase()];
      const patterns = listOf(values).map(String);
      if (value === undefined) return false;
      if (/^stringequals$/i.test(operator)) return patterns.includes(value);
      if (/^(stringlike|arnlike|arnequals)$/i.test(operator)) return patterns.some((one) => covers(one, value));
      return false;
    }),
  );
}
