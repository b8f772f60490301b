import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { slackManifest } from '../../approvals/manifest.ts';
import { botScopes } from '../../approvals/scopes.ts';
import { methods } from './slack/methods.ts';

const urls = (one: unknown): string[] => JSON.stringify(one).match(/https?:[^"]+/g) ?? [];

it.each(['socket', 'http'] as const)('keeps to the limits of Slack: %s', (transport) => {
  const { display_information: shown, features } = slackManifest(transport);
  expect(shown.name.length).toBeLessThanOrEqual(35);
  expect(shown.description.length).toBeLessThanOrEqual(140);
  expect(shown.long_description.length).toBeGreaterThanOrEqual(174);
  expect(shown.background_color).toMatch(/^#[\da-f]{6}$/);
  expect(features.bot_user.display_name).toMatch(/^[a-z0-9._-]{1,80}$/);
  for (const { command, usage_hint } of features.slash_commands) {
    expect(command).toMatch(/^\/[a-z-]{1,31}$/);
    expect(usage_hint.length).toBeLessThanOrEqual(1000);
  }
});

it('names no address where the app opens the connection itself', () => {
  expect(slackManifest('socket').settings.socket_mode_enabled).toBe(true);
  expect(urls(slackManifest('socket'))).toEqual([]);
});

it('names one address everywhere, for clicks, events and the command', () => {
  expect(slackManifest('http').settings.socket_mode_enabled).toBe(false);
  const address = 'https://bot.example.com/slack/events';
  expect(urls(slackManifest('http', address))).toEqual([address, address, address]);
});

it('asks for the scopes that the calls need, and for no more', () => {
  const needed = new Set(Object.values(methods).flatMap(({ scopes }) => scopes));
  expect(new Set(slackManifest('socket').oauth_config.scopes.bot)).toEqual(new Set([...needed, 'commands']));
  expect(Object.keys(botScopes)).toHaveLength(9);
});

it('says in the guide why each scope is needed', async () => {
  const guide = await readFile(new URL('../../docs/slack.md', import.meta.url), 'utf8');
  for (const [scope, why] of Object.entries(botScopes)) {
    expect(guide).toContain(`\`${scope}\``);
    if (!why.startsWith('the same')) expect(guide.replaceAll('`', '')).toContain(why);
  }
});
