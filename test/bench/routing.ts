import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { catalogue } from '../../src/redress.ts';
import { compare, perSecond, type Result } from './measure.ts';
import { recordAt } from './records.ts';

/** A way in which records arrive. */
interface Form {
  readonly name: string;
  /** The texts, each of which is taken in by itself. */
  readonly bodies: (records: readonly object[]) => readonly string[];
  readonly parse: (body: string) => void;
}

const forms: readonly Form[] = [
  {
    name: 'log file',
    bodies: (records) => [JSON.stringify({ Records: records })],
    parse: (body) => {
      JSON.parse(body);
    },
  },
  {
    name: 'JSON lines',
    bodies: (records) => [records.map((record) => JSON.stringify(record)).join('\n')],
    parse: (body) => {
      for (const line of body.split('\n')) JSON.parse(line);
    },
  },
  {
    name: 'EventBridge',
    bodies: (records) =>
      records.map((detail) =>
        JSON.stringify({ version: '0', 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.s3', detail }),
      ),
    parse: (body) => {
      JSON.parse(body);
    },
  },
];

/** Taking CloudTrail in, from text to the resources to judge, against parsing the same text and doing nothing. */
export async function routing(size: { readonly records: number; readonly rounds: number }): Promise<Result[]> {
  const results: Result[] = [];
  for (const form of forms) results.push(await route(form, size));
  return results;
}

async function route(
  { name, bodies: bodiesOf, parse }: Form,
  { records, rounds }: { readonly records: number; readonly rounds: number },
): Promise<Result> {
  const bodies = bodiesOf(Array.from({ length: records }, (_, number) => recordAt(number)));
  const router = createRouter(catalogue);
  const take = (): number => bodies.reduce((sum, body) => sum + takeIn(body, router).arrivals.length, 0);
  const arrivals = take();
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
  const { ratio, baseline, measured } = await compare(() => bodies.forEach(parse), take, rounds);
  return {
    name: `routing, ${name}`,
    means: 'time to parse and route CloudTrail records, to that of JSON.parse alone',
    ratio,
    aim: 1.5,
    detail:
      `${perSecond(records, measured)} to ${perSecond(records, baseline)}; ` +
      `${records} records of ${(bytes / records / 1000).toFixed(1)} kB, ${arrivals} resources to judge`,
  };
}
