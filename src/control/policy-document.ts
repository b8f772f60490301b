import { arnAccount, isFixedNetwork } from './policy-values.ts';

/**
 * Resource policies, judged by meaning: who may this let in?
 *
 * One piece of code for bucket, topic, queue, key and every other policy, so
 * that "open to everyone" means the same everywhere.
 */

type OneOrMany<T> = T | readonly T[];
type Principal = string | Readonly<Record<string, OneOrMany<string>>>;
export type Condition = Readonly<Record<string, Readonly<Record<string, OneOrMany<string | boolean | number>>>>>;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Principal;
  readonly NotPrincipal?: Principal;
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Condition?: Condition;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: OneOrMany<Statement>;
}

/** A policy from its JSON text; nothing when there is no policy. */
export function parsePolicy(text: string | undefined): PolicyDocument | undefined {
  return text === undefined || text === '' ? undefined : JSON.parse(text);
}

export const statementsOf = (policy: PolicyDocument | undefined): readonly Statement[] =>
  policy === undefined ? [] : listOf(policy.Statement);

/**
 * The same policy with other statements. One that did not exist starts with the
 * current language version; one that exists keeps its own, even where it names
 * none: another version would change what the other statements mean.
 */
export function withStatements(
  policy: PolicyDocument | undefined,
  change: (statements: readonly Statement[]) => readonly Statement[],
): PolicyDocument {
  return { ...(policy ?? { Version: '2012-10-17' }), Statement: change(statementsOf(policy)) };
}

/** AWS rejects a policy without statements: then there is none. */
export const orNoPolicy = (policy: PolicyDocument | undefined): PolicyDocument | undefined =>
  statementsOf(policy).length === 0 ? undefined : policy;

/** Appends a statement; its Sid gets a number if the policy already uses it for something else. */
export function addStatement(
  policy: PolicyDocument | undefined,
  statement: Statement & { Sid: string },
): PolicyDocument {
  return withStatements(policy, (statements) => {
    return [...statements, { ...statement, Sid: freeSid(statements, statement.Sid) }];
  });
}

/** A Sid that no statement of the policy has: the wanted one, with a number behind it if that is taken. */
export function freeSid(statements: readonly Statement[], wanted: string): string {
  const taken = new Set(statements.map(({ Sid }) => Sid));
  let free = wanted;
  for (let number = 2; taken.has(free); number += 1) free = `${wanted}${number}`;
  return free;
}

/** Whether the statement's principal is everyone: `*`, a list with `*`, or anyone but some. */
export function isEveryone(statement: Statement): boolean {
  if (statement.NotPrincipal !== undefined) return statement.Effect === 'Allow';
  if (statement.Principal === undefined) return false;
  if (typeof statement.Principal === 'string') return statement.Principal === '*';
  return ['AWS', '*', 'CanonicalUser'].some((kind) => listOf(named(statement.Principal, kind)).includes('*'));
}

/**
 * The Allow statements that let everyone use any of these actions.
 *
 * A condition that pins the caller closes a statement; so does a Deny for
 * everyone, without conditions, that covers the same actions and resources.
 *
 * @param actions API actions such as `sns:Publish`; none means any action
 */
export function openStatements(policy: PolicyDocument | undefined, actions: readonly string[] = []): Statement[] {
  const all = statementsOf(policy);
  const denies = all.filter((one) => one.Effect === 'Deny' && isEveryone(one) && !hasConditions(one));
  return all.filter(
    (one) =>
      one.Effect === 'Allow' &&
      isEveryone(one) &&
      (actions.length === 0 || actions.some((action) => allowsAction(one, action))) &&
      !pinsCaller(one.Condition) &&
      !denies.some((deny) => takesBack(deny, one, actions)),
  );
}

/** Whether the statement's Action or NotAction includes an action. IAM compares actions without case. */
export function allowsAction(statement: Statement, action: string): boolean {
  if (statement.NotAction !== undefined) return !matchesAny(listOf(statement.NotAction), action);
  return matchesAny(listOf(statement.Action), action);
}

/** Whether every action and resource of the wanted scope is denied to everyone who comes without TLS. */
export function deniesPlaintext(
  policy: PolicyDocument | undefined,
  wanted: { readonly action: string; readonly resource: string },
): boolean {
  return statementsOf(policy).some(
    (one) =>
      one.Effect === 'Deny' &&
      isEveryone(one) &&
      matchesAny(listOf(one.Action), wanted.action) &&
      listOf(one.Resource).some((pattern) => covers(pattern, wanted.resource)) &&
      isExactlyPlaintext(one.Condition),
  );
}

/**
 * Whether a condition pins who may call: at least one key that names the
 * caller or its network, compared with fixed values only. Operators that also
 * hold when the key is absent (`…IfExists`, `ForAllValues:`) pin nothing.
 *
 * Follows what S3 Block Public Access calls "not public"
 * (docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).
 */
export function pinsCaller(condition: Condition | undefined): boolean {
  return Object.entries(condition ?? {}).some(([operator, keys]) => {
    const comparison = operator.toLowerCase().replace(/^foranyvalue:/, '');
    return Object.entries(keys).some(([key, values]) =>
      pins(comparison, key.toLowerCase(), listOf(values).map(String)),
    );
  });
}

const FIXED_TEXT_KEYS = new Set([
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'kms:calleraccount',
  's3:dataaccesspointaccount',
  // Who may upload with a key is for the key's own policy to say.
  's3:x-amz-server-side-encryption-aws-kms-key-id',
]);
const ORGANIZATION_PATH_KEYS = new Set(['aws:principalorgpaths', 'aws:sourceorgpaths', 'aws:vpceorgpaths']);
const ARN_KEYS = new Set(['aws:principalarn', 'aws:sourcearn', 's3:dataaccesspointarn']);
const TEXT_COMPARISONS = new Set(['stringequals', 'stringequalsignorecase', 'stringlike']);
const ARN_COMPARISONS = new Set([...TEXT_COMPARISONS, 'arnequals', 'arnlike']);

function pins(comparison: string, key: string, values: readonly string[]): boolean {
  // A policy variable is filled in from the request: it pins nobody.
  if (values.length === 0 || values.some((one) => one.includes('${'))) return false;
  if (FIXED_TEXT_KEYS.has(key)) return TEXT_COMPARISONS.has(comparison) && values.every((one) => !/[*?]/.test(one));
  if (ORGANIZATION_PATH_KEYS.has(key))
    return TEXT_COMPARISONS.has(comparison) && values.every((one) => /^o-\w+\//.test(one));
  if (ARN_KEYS.has(key)) return ARN_COMPARISONS.has(comparison) && values.every(isFixedArn);
  if (key === 'aws:userid') return TEXT_COMPARISONS.has(comparison) && values.every((one) => /^\w{4,}(:|$)/.test(one));
  if (key === 'aws:sourceip') return comparison === 'ipaddress' && values.every(isFixedNetwork);
  if (key === 'aws:principalisawsservice')
    return comparison === 'bool' && values.every((one) => one.toLowerCase() === 'true');
  return false;
}

/**
 * An ARN that belongs to one account, or to one resource where ARNs carry no
 * account. Anybody may make a bucket whose name matches `logs-*`.
 */
function isFixedArn(arn: string): boolean {
  const account = arnAccount(arn);
  if (account === undefined) return false;
  if (account !== '') return !/[*?]/.test(account);
  const [name = ''] = arn.split(':').slice(5).join(':').split('/');
  return name !== '' && !/[*?]/.test(name);
}

function takesBack(deny: Statement, allow: Statement, actions: readonly string[]): boolean {
  if (deny.Action === undefined || deny.NotPrincipal !== undefined) return false;
  const denied = listOf(deny.Action);
  const wanted = actions.length > 0 ? actions.filter((action) => allowsAction(allow, action)) : listOf(allow.Action);
  if (wanted.length === 0) return false;
  return (
    wanted.every((action) => denied.some((pattern) => covers(pattern.toLowerCase(), action.toLowerCase()))) &&
    coversResources(deny, allow)
  );
}

/** Some policies (repositories of ECR, roles) name no resources: their statements are about the one they belong to. */
function coversResources(deny: Statement, allow: Statement): boolean {
  if (deny.NotResource !== undefined) return false;
  if (deny.Resource === undefined) return true;
  const resources = listOf(allow.Resource);
  return (
    resources.length > 0 &&
    resources.every((resource) => listOf(deny.Resource).some((pattern) => covers(pattern, resource)))
  );
}

function isExactlyPlaintext(condition: Condition | undefined): boolean {
  const operators = Object.entries(condition ?? {});
  const [operator, keys] = operators[0] ?? [];
  if (operators.length !== 1 || keys === undefined || !/^bool(ifexists)?$/i.test(operator ?? '')) return false;
  const [key, value] = Object.entries(keys)[0] ?? [];
  if (Object.keys(keys).length !== 1 || key?.toLowerCase() !== 'aws:securetransport') return false;
  const values = listOf(value);
  return values.length === 1 && String(values[0]).toLowerCase() === 'false';
}

const hasConditions = (statement: Statement): boolean => Object.keys(statement.Condition ?? {}).length > 0;

const matchesAny = (patterns: readonly string[], action: string): boolean =>
  patterns.some((pattern) => covers(pattern.toLowerCase(), action.toLowerCase()));

/**
 * Whether everything that one IAM pattern matches is matched by another.
 * `*` covers any text, wildcards included; `?` covers one character, but not a `*`.
 *
 * Walks both texts instead of making a regular expression: policies come from
 * others, and `*a*a*a*…` must not keep Redress busy for ever.
 */
export function covers(pattern: string, other: string): boolean {
  let at = 0;
  let inOther = 0;
  let star: { at: number; inOther: number } | undefined;
  while (inOther < other.length) {
    const one = pattern[at];
    const their = other[inOther];
    if (one === '*') {
      star = { at, inOther };
      at += 1;
    } else if (one === their || (one === '?' && their !== '*')) {
      at += 1;
      inOther += 1;
    } else if (star !== undefined) {
      // The last star takes one character more. Earlier ones never need to.
      star = { at: star.at, inOther: star.inOther + 1 };
      at = star.at + 1;
      inOther = star.inOther;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** One or many, as a list. */
export function listOf<T>(value: OneOrMany<T> | undefined): readonly T[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

const isList = <T>(value: OneOrMany<T>): value is readonly T[] => Array.isArray(value);

function named(principal: Principal | undefined, kind: string): OneOrMany<string> | undefined {
  return typeof principal === 'object' ? principal[kind] : undefined;
}
