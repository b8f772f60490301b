import type { AwsPort, Request } from '../../src/aws/port.ts';
import { createEngine } from '../../src/engine.ts';
import { gather } from '../../src/intake/coalesce.ts';
import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { catalogue } from '../../src/redress.ts';
import { compare, perSecond, type Result } from './measure.ts';
import { bucketRecordAt } from './records.ts';
import { stubBuckets } from './stub-buckets.ts';

/** Events to verdicts and plans on an AWS that answers at once, against making the same calls and nothing else. */
export async function judging(size: { readonly events: number; readonly rounds: number }): Promise<Result[]> {
  const bodies = Array.from({ length: size.events }, (_, number) => JSON.stringify(bucketRecordAt(number)));
  const port = stubBuckets(size.events);
  const requests: Request[] = [];
  const recording: AwsPort = {
    ...port,
    send: (request) => {
      requests.push(request);
      return port.send(request);
    },
  };
  const found = await judge(bodies, recording);

  const { ratio, baseline, measured } = await compare(
    () => Promise.all(requests.map((request) => port.send(request))),
    () => judge(bodies, port),
    size.rounds,
  );
  return [
    {
      name: 'judging',
      means: 'time from event to verdict and plan on an AWS that answers at once, to that of the calls alone',
      ratio,
      aim: undefined,
      detail:
        `${perSecond(size.events, measured)} events (${perSecond(size.events, baseline)} without judging); ` +
        `${found.verdicts} verdicts, ${found.plans} plans, ${requests.length} calls for ${size.events} events`,
    },
  ];
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
