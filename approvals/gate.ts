import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse } from 'node:querystring';
import { z } from 'zod';

/** A request as it came in, before anything is believed of it. */
export interface Incoming {
  readonly body: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Refused, with a status and a line for the log; answered at once; or to be passed on to Bolt. */
export type Passage =
  | { readonly kind: 'refused'; readonly status: 400 | 401 | 413; readonly because: string }
  | { readonly kind: 'answered'; readonly body: string }
  | { readonly kind: 'passed' };

/** A message with 50 blocks comes with every click on it; this is more than twice the largest. */
export const MOST_BYTES = 1_000_000;
const MOST_SECONDS = 5 * 60;

const refused = (status: 400 | 401 | 413, because: string): Passage => ({ kind: 'refused', status, because });

/**
 * Looks at a request before Bolt does. Bolt checks the signature once more;
 * what it does not check is done here: that the time is not in the future, that
 * the body is one that Slack sends, and not too large.
 */
export function examine({ body, headers }: Incoming, signingSecret: string, now: Date): Passage {
  if (Buffer.byteLength(body) > MOST_BYTES) return refused(413, `more than ${MOST_BYTES} bytes`);
  const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
  const form = isForm ? parse(body) : {};
  // Slack asks now and then whether the certificate is good, and signs nothing.
  if (form.ssl_check === '1') return { kind: 'answered', body: '' };
  const forged = whyNotSlack({ body, headers }, signingSecret, now);
  if (forged !== undefined) return refused(401, forged);
  const content = isForm ? contentOf(form) : json(body);
  const read = requests.safeParse(content);
  if (!read.success) return refused(400, isForm || content !== undefined ? 'not a request of Slack' : 'not JSON');
  if ('challenge' in read.data) return { kind: 'answered', body: JSON.stringify({ challenge: read.data.challenge }) };
  return { kind: 'passed' };
}

function whyNotSlack({ body, headers }: Incoming, signingSecret: string, now: Date): string | undefined {
  const { 'x-slack-signature': signature = '', 'x-slack-request-timestamp': timestamp = '' } = headers;
  if (!/^\d{1,12}$/.test(timestamp)) return 'no timestamp';
  const age = now.getTime() / 1000 - Number(timestamp);
  if (age > MOST_SECONDS) return 'an old timestamp: sent again by somebody, or the clock here is wrong';
  if (age < -MOST_SECONDS) return 'a timestamp in the future: the clock here may be wrong';
  const expected = Buffer.from(
    `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
  );
  const given = Buffer.from(signature);
  const same = given.length === expected.length && timingSafeEqual(given, expected);
  return same ? undefined : 'a wrong signature: not from Slack, or another signing secret';
}

const text = z.string().min(1);
/** What Redress can be sent, as far as Bolt relies on it. */
const requests = z.union([
  z.looseObject({ type: z.literal('url_verification'), challenge: z.string().max(1000) }),
  z.looseObject({ type: z.literal('event_callback'), team_id: text, event: z.looseObject({ type: text }) }),
  z.looseObject({
    type: z.literal('block_actions'),
    user: z.looseObject({ id: text }),
    actions: z.array(z.looseObject({ action_id: text })).min(1),
  }),
  z.looseObject({
    type: z.literal(['view_submission', 'view_closed']),
    user: z.looseObject({ id: text }),
    view: z.looseObject({ callback_id: z.string() }),
  }),
  z.looseObject({ command: text, team_id: text, user_id: text }),
]);

function contentOf(form: ReturnType<typeof parse>): unknown {
  return typeof form.payload === 'string' ? json(form.payload) : form;
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
