import type { AwsPort, Request } from '../../src/aws/port.ts';
import { createEngine } from '../../src/engine.ts';
import { gather } from '../../src/intake/coalesce.ts';
import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { catalogue } from '../../src/redress.ts';
import { compare, perSecond, type Result } from './measure.ts';
import { bucketRecordAt } from './records.ts';
import { sdkBuckets } from './sdk-buckets.ts';

/**
 * From events to verdicts and plans through AWS's own SDK, whose calls are
 * answered at once, against making the same calls and nothing else: what
 * judging costs beside the calls that it cannot do without.
 */
export async function judging(size: { readonly events: number; readonly rounds: number }): Promise<Result[]> {
  const bodies = Array.from({ length: size.events }, (_, number) => JSON.stringify(bucketRecordAt(number)));
  const port = sdkBuckets();
  const requests: Request[] = [];
  const noting: AwsPort = {
    ...port,
    send: (request) => {
      requests.push(request);
      return port.send(request);
    },
  };
  const found = await judge(bodies, noting);

  const { ratio, baseline, measured } = await compare(
    async () => {
      for (const request of requests) await port.send(request);
    },
    () => judge(bodies, port),
    size.rounds,
  );
  return [
    {
      name: 'judging',
      means: 'time from event to verdict and plan, network aside, to that of the SDK calls alone',
      ratio,
      aim: 1.5,
      detail:
        `${perSecond(size.events, measured)} events, calls alone ${perSecond(size.events, baseline)}; per event ` +
        `${each(requests.length)} calls, ${each(found.verdicts)} verdicts, ${each(found.plans)} plans`,
    },
  ];

  function each(count: number): string {
    return (count / size.events).toFixed(0);
  }
}

async function judge(bodies: readonly string[], port: AwsPort): Promise<{ verdicts: number; plans: number }> {
  const router = createRouter(catalogue);
  const engine = createEngine({ port, catalogue, mode: 'dry-run' });
  const found = { verdicts: 0, plans: 0 };
  for (const body of bodies) {
    const subjects = gather(takeIn(body, router).arrivals).map(({ subject }) => subject);
    for await (const { evaluations, plans } of engine.assessSubjects(subjects)) {
      found.verdicts += evaluations.length;
      found.plans += plans.length;
    }
  }
  return found;
}
