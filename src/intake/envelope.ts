import { gunzipSync } from 'node:zlib';
import { messageOf, oneLine } from '../one-line.ts';
import { type Ignored, unparseable } from './ignored.ts';

/** What an envelope says of its record, for records that leave it out themselves. */
export interface EnvelopeFacts {
  readonly account: unknown;
  readonly region: unknown;
  readonly time: unknown;
}

/** What was found in an envelope: a record, not looked at yet, or something that is none. */
export type Found =
  | {
      readonly kind: 'record';
      readonly record: unknown;
      readonly place: PlaceInInput;
      readonly facts: EnvelopeFacts | undefined;
    }
  | { readonly kind: 'ignored'; readonly ignored: Ignored };

export type FoundRecord = Extract<Found, { kind: 'record' }>;

/** Where a record stood. Put into words only for the few that cannot be read. */
interface PlaceInInput {
  readonly within: string;
  /** Of JSON lines, counted from one. */
  readonly line?: number;
  /** Counted from one. */
  readonly number: number;
}

/** "record 3", "line 7, record 1". */
export function spellPlace({ within, line, number }: PlaceInInput): string {
  return inside(line === undefined ? within : inside(within, `line ${line}`), `record ${number}`);
}

/** Envelopes inside envelopes (gzip, SQS, SNS, EventBridge, a list): more than this is not mail, it is an attack. */
const MAX_DEPTH = 8;
const MAX_UNZIPPED_BYTES = 512 * 1024 * 1024;
const TOO_DEEP = 'it is wrapped too many times over';
const FILES_IN_S3 = 'it names log files in S3 and holds no records; read the files, or use EventBridge';

/** Lists of records or of messages: log files, Lambda's events, SQS answers, `lookup-events` output. */
const listNames = ['Records', 'Messages', 'Events'] as const;
/** Text that holds the next envelope: SQS bodies, SNS notifications, `lookup-events` output. */
const textNames = ['body', 'Body', 'Message', 'CloudTrailEvent'] as const;

/**
 * Takes CloudTrail records out of whatever they arrived in: an EventBridge
 * envelope, a log file, a list, JSON lines, an SQS or SNS message, or nothing
 * at all; gzip of any of these. Never throws: what cannot be opened is listed
 * with its reason and takes nothing else down. Records come one by one, so
 * that a large file costs little more than parsing it.
 */
export function unwrap(body: Uint8Array | string): Iterable<Found> {
  if (typeof body === 'string') return openText(body, '', 0);
  const plain = unzip(body);
  return plain.ok ? openText(decode(plain.value), '', 0) : refuse('', plain.why);
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

function unzip(bytes: Uint8Array): Attempt<Uint8Array> {
  let plain = bytes;
  for (let depth = 0; plain[0] === 0x1f && plain[1] === 0x8b; depth += 1) {
    if (depth === MAX_DEPTH) return { ok: false, why: TOO_DEEP };
    try {
      plain = gunzipSync(plain, { maxOutputLength: MAX_UNZIPPED_BYTES });
    } catch (error) {
      return { ok: false, why: `the gzip data is damaged, cut short or too large (${messageOf(error)})` };
    }
  }
  return { ok: true, value: plain };
}

function decode(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8').decode(bytes);
}

function refuse(where: string, why: string): Iterable<Found> {
  return [{ kind: 'ignored', ignored: unparseable(where || 'input', why) }];
}

function openText(text: string, where: string, depth: number): Iterable<Found> {
  if (depth > MAX_DEPTH) return refuse(where, TOO_DEEP);
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const whole = parse(bare);
  if (whole.ok) return open(whole.value, { within: where, number: 1 }, depth);
  if (bare.trim() === '') return refuse(where, 'it is empty');
  return areJsonLines(bare) ? openLines(bare, where, depth) : refuse(where, notJson(whole.why));
}

/** Line by line: a parsed line can be let go before the next is parsed. */
function* openLines(text: string, where: string, depth: number): Generator<Found, void> {
  for (const { number, content } of linesOf(text)) {
    const parsed = parse(content);
    const place = { within: where, line: number, number: 1 };
    if (!parsed.ok) yield* refuse(inside(where, `line ${number}`), notJson(parsed.why));
    else if (namesEvent(parsed.value)) yield { kind: 'record', record: parsed.value, place, facts: undefined };
    else yield* open(parsed.value, place, depth + 1);
  }
}

const notJson = (why: string): string => `it is not JSON, or is cut short (${why})`;

function parse(text: string): Attempt<unknown> {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, why: messageOf(error) };
  }
}

interface Line {
  /** Counted from one. */
  readonly number: number;
  readonly content: string;
}

/** The lines that are not blank. */
function* linesOf(text: string): Generator<Line, void> {
  for (let number = 1, start = 0; start < text.length; number += 1) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const content = text.slice(start, end);
    if (content.trim() !== '') yield { number, content };
    start = end + 1;
  }
}

/**
 * Whether there is more than one line, and one of them is a whole object. The
 * others may be broken: that one is what tells JSON lines from one long
 * document that was cut short.
 */
function areJsonLines(text: string): boolean {
  let lines = 0;
  let holdsSomething = false;
  for (const { content } of linesOf(text)) {
    lines += 1;
    holdsSomething ||= isWholeObject(content);
    if (holdsSomething && lines > 1) return true;
  }
  return false;
}

function isWholeObject(text: string): boolean {
  const parsed = parse(text);
  return parsed.ok && isObject(parsed.value) && Object.keys(parsed.value).length > 0;
}

function open(value: unknown, place: PlaceInInput, depth: number): Iterable<Found> {
  if (!isObject(value) || namesEvent(value)) {
    if (typeof value === 'string') return openText(value, innerPlace(place, depth), depth + 1);
    return [{ kind: 'record', record: value, place, facts: undefined }];
  }
  if (depth > MAX_DEPTH) return refuse(spellPlace(place), TOO_DEEP);
  if (Array.isArray(value)) return openList(value, place, depth);
  if (typeof value['detail-type'] === 'string') return openEventBridge(value['detail-type'], value, place);

  for (const name of listNames) {
    const list = value[name];
    if (Array.isArray(list)) return openList(list, place, depth);
    if (list !== undefined) return refuse(spellPlace(place), `"${name}" is not a list`);
  }
  for (const name of textNames) {
    const text = value[name];
    if (typeof text === 'string') return openText(text, innerPlace(place, depth), depth + 1);
  }
  if (isObject(value.Sns)) return open(value.Sns, place, depth + 1);
  if (value.s3ObjectKey !== undefined) return refuse(spellPlace(place), FILES_IN_S3);
  return [{ kind: 'record', record: value, place, facts: undefined }];
}

function* openList(list: readonly unknown[], place: PlaceInInput, depth: number): Generator<Found, void> {
  const within = innerPlace(place, depth);
  for (const [index, one] of list.entries()) {
    const here = { within, number: index + 1 };
    if (namesEvent(one)) yield { kind: 'record', record: one, place: here, facts: undefined };
    else yield* open(one, here, depth + 1);
  }
}

function openEventBridge(
  type: string,
  envelope: Readonly<Record<string, unknown>>,
  place: PlaceInInput,
): Iterable<Found> {
  if (!type.endsWith(' via CloudTrail')) {
    return [{ kind: 'ignored', ignored: { event: oneLine(type, 100), because: 'not watched' } }];
  }
  if (type === 'AWS Insight via CloudTrail') {
    return [{ kind: 'ignored', ignored: { event: type, because: 'insight event' } }];
  }
  const { detail, account, region, time } = envelope;
  return [{ kind: 'record', record: detail, place, facts: { account, region, time } }];
}

/** What is outermost is the input itself and needs no name; only envelopes inside envelopes have to be told apart. */
function innerPlace(place: PlaceInInput, depth: number): string {
  return depth === 0 ? place.within : spellPlace(place);
}

function inside(where: string, part: string): string {
  return where === '' ? part : `${where}, ${part}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What a record has and no envelope. */
function namesEvent(value: unknown): boolean {
  return isObject(value) && typeof value.eventName === 'string';
}
