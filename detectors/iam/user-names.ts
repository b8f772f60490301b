import { nextMarker, readPages } from '../../src/control.ts';

/** The name of every user of the account. */
export const userNames = readPages(
  'iam',
  'ListUsers',
  () => ({}),
  (out) => (out.Users ?? []).flatMap(({ UserName }) => UserName ?? []),
  nextMarker,
);
