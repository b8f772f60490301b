import fc from 'fast-check';
import { expect, it } from 'vitest';
import { examine, type Incoming } from '../../approvals/gate.ts';
import { signed } from './slack/stand-in.ts';

const SECRET = 'a secret';
const now = new Date('2026-11-23T10:00:00Z');
const at = now.getTime() / 1000;
const headersFor = (body: string, contentType: string, secret = SECRET): Incoming['headers'] => ({
  'content-type': contentType,
  ...signed(body, { secret, at }),
});
const contentType = fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain');

it('lets nothing in that is not signed with the secret', () => {
  fc.assert(
    fc.property(fc.string(), contentType, fc.string({ minLength: 1 }), (body, type, secret) => {
      fc.pre(secret !== SECRET && !body.includes('ssl_check'));
      const passage = examine({ body, headers: headersFor(body, type, secret) }, SECRET, now);
      expect(passage).toMatchObject({ kind: 'refused', status: 401 });
    }),
  );
});

it('lets nothing in that was changed on its way', () => {
  const body = JSON.stringify({ type: 'event_callback', team_id: 'T1', event: { type: 'app_home_opened' } });
  const headers = headersFor(body, 'application/json');
  expect(examine({ body, headers }, SECRET, now)).toEqual({ kind: 'passed' });
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (place, letter) => {
      fc.pre(body[place] !== letter);
      const changed = body.slice(0, place) + letter + body.slice(place + 1);
      expect(examine({ body: changed, headers }, SECRET, now)).toMatchObject({ kind: 'refused', status: 401 });
    }),
  );
});

it('is not thrown by anything, signed or not', () => {
  const value = fc.oneof(
    fc.string(),
    fc.json(),
    fc.webQueryParameters(),
    fc.json().map((json) => `payload=${encodeURIComponent(json)}`),
  );
  const header = fc.oneof(fc.string(), fc.constant(undefined));
  const headers = fc.record({
    'content-type': header,
    'x-slack-signature': header,
    'x-slack-request-timestamp': header,
  });
  fc.assert(
    fc.property(value, contentType, headers, (body, type, wild) => {
      const honest = examine({ body, headers: headersFor(body, type) }, SECRET, now);
      expect(['refused', 'answered', 'passed']).toContain(honest.kind);
      expect(['refused', 'answered']).toContain(examine({ body, headers: wild }, SECRET, now).kind);
    }),
  );
});

it.each([
  [-301, 'refused'],
  [-300, 'passed'],
  [0, 'passed'],
  [300, 'passed'],
  [301, 'refused'],
])('a clock that differs by %d seconds is %s', (seconds, kind) => {
  const body = 'command=%2Fredress&team_id=T1&user_id=U1';
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...signed(body, { secret: SECRET, at: at + seconds }),
  };
  expect(examine({ body, headers }, SECRET, now).kind).toBe(kind);
});
