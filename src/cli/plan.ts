import type { Criticality } from '../control/verdict.ts';
import { gather, lastCause } from '../intake/coalesce.ts';
import { isUnparseable } from '../intake/ignored.ts';
import { takeIn } from '../intake/intake.ts';
import { createRouter } from '../intake/route.ts';
import { readEventFile } from '../intake/sources/file.ts';
import type { Cause } from '../plan/report.ts';
import { catalogue } from '../redress.ts';
import { causeOf } from '../workflow/cause.ts';
import type { Assessment } from '../workflow/remediator.ts';
import { createContext, reachable } from './context.ts';
import { knownControls } from './controls.ts';
import { CommandError } from './errors.ts';
import { present } from './present.ts';
import { createRecorder } from './recorder.ts';

interface Options {
  readonly event: string;
  readonly control?: readonly number[];
  readonly format: string;
  readonly failOn?: Criticality;
  readonly config?: string;
}

/** `redress plan`: judges the resources that CloudTrail events name. Never writes to AWS. */
export async function plan(options: Options): Promise<void> {
  knownControls(options.control);
  const body = await readEventFile(options.event, process.stdin);
  const { arrivals, ignored } = takeIn(body, createRouter(catalogue));
  const onlyNoise = arrivals.length === 0 && ignored.every(isUnparseable);
  if (onlyNoise) {
    const [first] = ignored;
    const why = first ? `${first.because} (${first.event})` : 'it is empty';
    throw new CommandError(`No CloudTrail event could be read from ${options.event}: ${why}.`);
  }

  const { engine, port, config } = await createContext(options, 'dry-run');
  const gathered = gather(arrivals).flatMap(({ subject, causes }) => {
    const controls = subject.controls.filter(
      (number) => options.control === undefined || options.control.includes(number),
    );
    return controls.length === 0 ? [] : { subject: { ...subject, controls }, causes };
  });
  if (gathered.length > 0) await reachable(port);
  const recorder = await createRecorder(config, engine);
  const causes = new Map<string, Cause>();

  async function* assessments(): AsyncGenerator<Assessment> {
    for (const one of gathered) {
      const event = lastCause(one);
      for await (const assessment of engine.assessSubjects([one.subject])) {
        const cause = event === undefined ? undefined : causeOf(event);
        if (cause !== undefined)
          for (const { finding } of assessment.evaluations) causes.set(finding, forReport(cause));
        await recorder.record(assessment, event);
        yield assessment;
      }
    }
  }

  process.exitCode = await present({ assessments: assessments(), ignored, causes }, options.format, options.failOn);
  await recorder.close();
}

function forReport({ by, event, at, tool }: ReturnType<typeof causeOf>): Cause {
  return { who: by, event, when: at, ...(tool ? { through: tool } : {}) };
}
