import type { roles as memberRoles } from '../src/aws/sessions.ts';

/**
 * Names that both stacks, and the code of the functions, have to agree on.
 * They are fixed: a role of a member account names the roles that may take it.
 */

/** The five functions, as their bundles and their concurrency are called. */
export const functionNames = ['intake', 'worker', 'decisions', 'sweep', 'slack'] as const;
export type FunctionName = (typeof functionNames)[number];

/** A function, and the role that it runs as: `RedressWorker`. */
export const hubName = (name: FunctionName): string => `Redress${name[0]?.toUpperCase()}${name.slice(1)}`;

/** Roles in every member account: one that reads, one that writes. */
export type MemberRole = keyof typeof memberRoles;

/**
 * Which functions may take which role of a member account. Decisions look
 * whether what they undo is still as it was. Sweeps try again to enter accounts
 * that could not be entered, by either role; in the one that writes they ask
 * for sessions that may do nothing but say who they are.
 */
export const takers: Readonly<Record<MemberRole, readonly FunctionName[]>> = {
  read: ['worker', 'decisions', 'sweep'],
  write: ['worker', 'sweep'],
};

/** The bus that member accounts send to, and the one that says what became of a finding. */
export const busNames = { events: 'redress-events', lifecycle: 'redress-lifecycle' } as const;
