import type { Criticality } from '../control/verdict.ts';
import type { ScanProgress } from '../engine.ts';
import type { Assessment } from '../workflow/remediator.ts';
import { createContext, herePlace } from './context.ts';
import { knownControls } from './controls.ts';
import { CommandError } from './errors.ts';
import { present } from './present.ts';
import { createRecorder } from './recorder.ts';

interface Options {
  readonly control?: readonly number[];
  readonly resource?: string;
  readonly service?: string;
  readonly format: string;
  readonly failOn?: Criticality;
  readonly config?: string;
}

/** `redress scan`: judges what exists in the account and region. Never writes to AWS. */
export async function scan(options: Options): Promise<void> {
  knownControls(options.control);
  const { engine, port, config } = await createContext(options, 'dry-run');
  const place = await herePlace(port);
  const recorder = await createRecorder(config, engine);
  const progress = createProgress(process.stderr);
  let judged = 0;

  async function* assessments(): AsyncGenerator<Assessment> {
    const scope = {
      ...(options.control ? { controls: options.control } : {}),
      ...(options.service ? { service: options.service } : {}),
      ...(options.resource ? { resource: options.resource } : {}),
    };
    for await (const assessment of engine.scan(place, scope, progress.show)) {
      judged += 1;
      await recorder.record(assessment, undefined);
      yield assessment;
    }
    progress.clear();
  }

  process.exitCode = await present({ assessments: assessments(), ignored: [] }, options.format, options.failOn);
  await recorder.close();
  if (judged === 0 && options.resource !== undefined) {
    throw new CommandError(
      `No resource "${options.resource}" was found in ${place.account}, ${place.region}. Check the id, the region and --service.`,
    );
  }
}

/** One line that is written over, on a terminal; nothing elsewhere. */
function createProgress(stream: NodeJS.WriteStream) {
  const line = (text: string) => {
    if (stream.isTTY) stream.write(`\r\u001b[2K${text}`);
  };
  return {
    show: ({ judged, found, type }: ScanProgress) => line(`judging ${type}: ${judged} of ${found}`),
    clear: () => line(''),
  };
}
