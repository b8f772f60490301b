import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

/** What other programs read from the command line: only what the loop looks at. */
export interface Planned {
  readonly evaluations: readonly {
    readonly control: number;
    readonly finding: string;
    readonly verdict: 'pass' | 'fail' | 'skip' | 'unknown';
    readonly because: string;
    readonly resource: { readonly id: string };
  }[];
  readonly plans: readonly PrintedPlan[];
  readonly ignored: readonly { readonly because: string }[];
}
export interface PrintedPlan {
  readonly id: string;
  readonly digest: string;
  readonly controls: readonly number[];
  readonly kind: 'edit' | 'steps' | 'guide';
  readonly steps: readonly { readonly service: string; readonly operation: string }[];
  readonly undo: { readonly class: 'exact' | 'best-effort' | 'none' };
  readonly missing: readonly string[];
  readonly guide: readonly { readonly text: string }[];
}
export interface Results {
  readonly results: readonly {
    readonly plan: string;
    readonly controls: readonly number[];
    readonly outcome: 'resolved' | 'nothing-to-do' | 'refused' | 'failed' | 'rolled-back';
    readonly because: string;
    readonly calls: readonly { readonly service: string; readonly operation: string }[];
    readonly verified: boolean;
  }[];
}

/** The operator's side of the loop. */
export interface LoopDriver {
  plan(event: object): Promise<Planned>;
  /** Judges one resource by every control that knows its type. */
  scan(resource: string): Promise<Planned>;
  /** Applies what was planned for these controls. */
  apply(planned: Planned, controls: readonly number[]): Promise<Results>;
  undo(finding: string): Promise<Results>;
  /** Throws the operator's folder away. */
  close(): Promise<void>;
}

interface Operator {
  readonly control: number;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly daysLater?: number | undefined;
  readonly off?: readonly number[] | undefined;
  /** Whose credentials the commands run with, and against which AWS. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** How a command line is run: with its arguments, in an environment. */
type Runner = (args: readonly string[], environment: Readonly<Record<string, string>>) => Promise<Run>;

/**
 * Drives the loop through the command line, in a folder of its own with a
 * configuration of its own. Each command starts from nothing, as it does for
 * an operator; a process of its own for each takes most of the time, though,
 * so most loops run the same command line within this one.
 */
export async function commandLine({
  control,
  parameters = {},
  daysLater = 0,
  off = [],
  environment: given = {},
  run = daysLater === 0 ? runRedressHere : runRedress,
}: Operator & { readonly run?: Runner | undefined }): Promise<LoopDriver> {
  const folder = await mkdtemp(join(tmpdir(), 'redress-loop-'));
  const file = async (name: string, content: object) => {
    await writeFile(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  const switchedOff = Object.fromEntries(off.map((number) => [number, { mode: 'off' }]));
  const config = await file('redress.yaml', { controls: { [control]: { parameters }, ...switchedOff } });
  const environment = { REDRESS_STATE: join(folder, 'state'), ...clock(daysLater), ...given };
  const redress = async <T>(...args: string[]): Promise<T> => {
    return printed(await run([...args, '--config', config, '--format', 'json'], environment));
  };
  return {
    scan: (resource) => redress('scan', '--resource', resource),
    plan: async (event) => redress('plan', '--event', await file('event.json', event)),
    apply: async (planned, controls) =>
      redress('apply', await file('plan.json', planned), '--control', controls.join(','), '--yes'),
    undo: (finding) => redress('undo', finding, '--yes'),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The outcome of one run of the command line. */
export interface Run {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/**
 * The JSON document that a run printed.
 *
 * @throws Error with what the run said instead
 */
export function printed<T>({ status, output, errors }: Run): T {
  if (output === '') throw new Error(`redress printed nothing and ended with status ${status}: ${errors}`);
  return JSON.parse(output);
}

/** The built command line. */
export const REDRESS = fileURLToPath(new URL('../../dist/redress.js', import.meta.url));

/** Runs the built command line to its end. Never throws for a status other than zero. */
export function runRedress(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Run> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(process.execPath, [REDRESS, ...args], options, (_error, output, errors) =>
      resolve({ status: child.exitCode ?? 1, output, errors }),
    );
    child.stdin?.end();
  });
}

/** Runs the command line within this process. One at a time: it writes to the standard output that all share. */
export async function runRedressHere(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const said = { output: '', errors: '' };
  const before = { ...process.env };
  const writes = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said.output += String(text);
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said.errors += String(text);
      return true;
    }),
  ];
  Object.assign(process.env, environment);
  try {
    const { runCommandLine } = await import('../../src/cli/program.ts');
    return { status: await runCommandLine(args), ...said };
  } finally {
    for (const write of writes) write.mockRestore();
    for (const name of Object.keys(environment)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    process.exitCode = undefined;
  }
}

/** Lets a process live some days ahead: AWS dates a new access key today, and only time makes it stale. */
function clock(daysLater: number): Record<string, string> {
  if (daysLater === 0) return {};
  const ahead = daysLater * 24 * 60 * 60 * 1000;
  const module = `const Real=Date;globalThis.Date=class extends Real{constructor(...a){a.length?super(...a):super(Real.now()+${ahead})}static now(){return Real.now()+${ahead}}}`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(module)}` };
}
