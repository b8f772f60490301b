import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { catalogue } from '../../src/redress.ts';
import { compare, perSecond, type Result } from './measure.ts';
import { recordAt } from './records.ts';

/** How a number of records comes in. */
interface Form {
  readonly name: string;
  readonly bodies: readonly string[];
  readonly parse: (body: string) => unknown;
}

/** Taking CloudTrail in, from text to the resources to judge, against parsing the same text and doing nothing. */
export async function routing(size: { readonly records: number; readonly rounds: number }): Promise<Result[]> {
  const records = Array.from({ length: size.records }, (_, number) => recordAt(number));
  const lines = records.map((record) => JSON.stringify(record));
  const messages = records.map((detail) =>
    JSON.stringify({ version: '0', 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.s3', detail }),
  );
  const forms: readonly Form[] = [
    { name: 'log file', bodies: [JSON.stringify({ Records: records })], parse: JSON.parse },
    {
      name: 'JSON lines',
      bodies: [lines.join('\n')],
      parse: (body) => body.split('\n').map((line) => JSON.parse(line)),
    },
    { name: 'EventBridge', bodies: messages, parse: JSON.parse },
  ];
  const results: Result[] = [];
  for (const form of forms) results.push(await route(form, size));
  return results;
}

async function route(
  { name, bodies, parse }: Form,
  { records, rounds }: { readonly records: number; readonly rounds: number },
): Promise<Result> {
  const router = createRouter(catalogue);
  const taken = bodies.map((body) => takeIn(body, router));
  const arrivals = taken.reduce((sum, one) => sum + one.arrivals.length, 0);
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
  const { ratio, baseline, measured } = await compare(
    () => bodies.map((body) => parse(body)).length,
    () => bodies.map((body) => takeIn(body, router)).length,
    rounds,
  );
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
