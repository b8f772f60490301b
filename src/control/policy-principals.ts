import { freeSid, listOf, type PolicyDocument, type Statement, withStatements } from './policy-document.ts';
import type { Place } from './resource.ts';

/** Policies changed principal by principal: what a statement says of others stays as it is. */

/** One principal that a statement names: `AWS` and an ARN, `Service` and its name, `AWS` and `*` for everyone. */
export interface NamedPrincipal {
  readonly kind: string;
  readonly name: string;
}

/** Everyone whom a statement's Principal names, each once. */
export function principalsOf({ Principal }: Statement): readonly NamedPrincipal[] {
  if (Principal === undefined) return [];
  if (typeof Principal === 'string') return [{ kind: 'AWS', name: Principal }];
  const all = Object.entries(Principal).flatMap(([kind, names]) => listOf(names).map((name) => ({ kind, name })));
  return all.filter((one, index) => all.findIndex((other) => isSame(one, other)) === index);
}

const isSame = (one: NamedPrincipal, other: NamedPrincipal): boolean =>
  one.kind === other.kind && one.name === other.name;

/** The same statement for these principals, or none when there are none. */
export function forPrincipals(statement: Statement, principals: readonly NamedPrincipal[]): Statement | undefined {
  if (principals.length === 0) return undefined;
  const Principal: Record<string, readonly string[]> = {};
  for (const { kind, name } of principals) Principal[kind] = [...(Principal[kind] ?? []), name];
  return { ...statement, Principal };
}

/** A statement taken apart: the part for some of its principals, and the part for the rest. */
export function splitPrincipals(
  statement: Statement,
  isChosen: (one: NamedPrincipal) => boolean,
): { readonly chosen: Statement | undefined; readonly rest: Statement | undefined } {
  const all = principalsOf(statement);
  const chosen = all.filter(isChosen);
  if (chosen.length === 0) return { chosen: undefined, rest: statement };
  if (chosen.length === all.length) return { chosen: statement, rest: undefined };
  return {
    chosen: forPrincipals(statement, chosen),
    rest: forPrincipals(
      statement,
      all.filter((one) => !isChosen(one)),
    ),
  };
}

/**
 * The same policy with each statement replaced by none, one or several. Of
 * several the first keeps its Sid; the others get one that is free.
 */
export function replaceStatements(
  policy: PolicyDocument | undefined,
  change: (statement: Statement) => readonly Statement[],
): PolicyDocument {
  return withStatements(policy, (statements) => {
    const result: Statement[] = [];
    for (const [index, statement] of statements.entries()) {
      const [first, ...more] = change(statement);
      if (first !== undefined) result.push(first);
      for (const one of more) {
        const others = [...result, ...statements.slice(index + 1)];
        result.push(one.Sid === undefined ? one : { ...one, Sid: freeSid(others, one.Sid) });
      }
    }
    return result;
  });
}

/** The ARN by which policies name a whole account: its IAM policies then decide. */
export const rootArn = ({ partition, account }: Pick<Place, 'partition' | 'account'>): string =>
  `arn:${partition}:iam::${account}:root`;

/** Whether a principal is a whole account, by its ARN or by its bare number. */
export const isRootOf = (place: Pick<Place, 'partition' | 'account'>, { kind, name }: NamedPrincipal): boolean =>
  kind === 'AWS' && (name === place.account || name === rootArn(place));

/** The actions that a statement is narrowed for, and how the part that is split off is called. */
interface Concern {
  readonly isConcerned: (action: string) => boolean;
  readonly suffix: string;
}

/** The statement for those it names besides everyone, or none if it names nobody else. */
export function withoutEveryone(statement: Statement): readonly Statement[] {
  const named = principalsOf(statement).filter(({ name }) => name !== '*');
  return listOf(forPrincipals(statement, named));
}

/**
 * Lets in only callers of one account where a statement lets in everyone. What
 * the statement says besides (principals that it names, actions that are not
 * concerned) is split off and stays as it was.
 */
export function pinEveryone(
  statement: Statement,
  account: string,
  { isConcerned, suffix }: Concern = { isConcerned: () => true, suffix: 'OfAccount' },
): readonly Statement[] {
  const split = splitPrincipals(statement, ({ name }) => name === '*');
  // "Everyone but some" names nobody to split off.
  const everyone = split.chosen ?? statement;
  const others = split.chosen === undefined ? [] : listOf(split.rest);
  const actions = listOf(everyone.Action);
  const concerned = actions.filter(isConcerned);
  const rest = actions.filter((action) => !concerned.includes(action));
  const pinned = { ...everyone, Condition: pinnedTo(account, everyone.Condition) };
  const ownSid = statement.Sid ? { Sid: `${statement.Sid}${suffix}` } : {};
  if (rest.length === 0) return [...others, { ...pinned, ...(others.length > 0 ? ownSid : {}) }];
  return [...others, { ...everyone, Action: rest }, { ...pinned, ...ownSid, Action: concerned }];
}

function pinnedTo(account: string, condition: Statement['Condition']): Statement['Condition'] {
  const equals = Object.entries(condition?.StringEquals ?? {}).filter(
    ([key]) => key.toLowerCase() !== 'aws:principalaccount',
  );
  return { ...condition, StringEquals: { ...Object.fromEntries(equals), 'aws:PrincipalAccount': account } };
}
