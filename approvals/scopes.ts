/** What the bot may do in Slack, and why it must. Nothing more is asked for. */
export const botScopes = {
  'chat:write': 'posts and updates messages, and answers privately',
  commands: 'offers /redress',
  'files:write': 'puts long plans into the thread as a file',
  'users:read': 'makes sure that who decides is a member of the workspace',
  'usergroups:read': 'reads who is in the user groups that may approve',
  'channels:read': 'checks that its channels are there and that it is in them',
  'groups:read': 'the same for private channels',
  'channels:history': 'finds its own message again when the answer to posting it was lost',
  'groups:history': 'the same in private channels',
} as const;
export type BotScope = keyof typeof botScopes;

/** What the app-level token may do. Needed in Socket Mode only. */
export const appScopes = { 'connections:write': 'opens the connection of Socket Mode' } as const;

/** Events that Slack sends. Clicks, windows and commands come without being asked for. */
export const botEvents = { app_home_opened: 'shows a person what waits for them' } as const;

/** Compares with what Slack says that a token has. */
export function missingScopes(granted: readonly string[]): BotScope[] {
  return [...keysOf(botScopes)].filter((scope) => !granted.includes(scope));
}

/** The keys of an object, as its type knows them. */
export function* keysOf<T extends object>(one: T): Generator<Extract<keyof T, string>> {
  for (const key in one) yield key;
}
