import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MOTO = 'moto[server]==5.2.5';
const VENV = fileURLToPath(new URL('../../.venv/moto', import.meta.url));
const START_DEADLINE = 60_000;
const REMEDY = `Install it yourself with \`pip install '${MOTO}'\`, and put moto_server on the PATH.`;

/** A running emulator. */
export interface Moto {
  readonly endpoint: string;
  /** Throws every account, resource and setting away. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts moto's server on a port of 127.0.0.1 that the system chooses, and waits until it listens.
 *
 * @throws Error in one line when there is no `moto_server` and none can be installed, or when it does not start
 */
export async function startMoto(): Promise<Moto> {
  const server = spawn('sh', ['-c', UNTIL_STDIN_ENDS, await motoServer(), '-H', '127.0.0.1', '-p', '0'], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, AWS_ENDPOINT_URL: undefined },
  });
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const endpoint = await listening(server);
  return {
    endpoint,
    reset: () => resetMoto(endpoint),
    stop: async () => {
      server.stdin?.end();
      await gone;
    },
  };
}

/**
 * Throws away everything that an emulator holds.
 *
 * @throws Error when the emulator does not answer
 */
export async function resetMoto(endpoint: string): Promise<void> {
  const answer = await fetch(new URL('/moto-api/reset', endpoint), { method: 'POST' });
  if (!answer.ok) throw new Error(`The emulator at ${endpoint} answered ${answer.status} to a reset.`);
}

/** The server ends when our end of its standard input closes, which happens even if this process is killed. */
const UNTIL_STDIN_ENDS = 'exec 3<&0; "$0" "$@" 3<&- & pid=$!; (cat <&3 >/dev/null; kill $pid) 2>/dev/null & wait $pid';

/** The address that the server prints once it listens. */
async function listening(server: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const giveUp = (why: string) => {
      server.stdin?.end();
      reject(new Error(`moto_server did not start (${why}): ${said.trim().split('\n').at(-1) ?? ''}`));
    };
    const timer = setTimeout(() => giveUp('no answer in time'), START_DEADLINE);
    const exited = (code: number | null) => giveUp(`exit status ${code}`);
    server.once('exit', exited);
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000);
      const [endpoint] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
      if (endpoint === undefined) return;
      clearTimeout(timer);
      server.off('exit', exited);
      resolve(endpoint);
    });
  });
}

/** The `moto_server` on the PATH, or one in a virtual environment of this checkout that is made on first use. */
async function motoServer(): Promise<string> {
  const own = join(VENV, 'bin', 'moto_server');
  for (const candidate of [own, ...onPath('moto_server')]) if (await runs(candidate)) return candidate;
  const [python] = await executables(onPath('python3'));
  if (python === undefined) throw new Error(`There is no python3 on the PATH to install the emulator with. ${REMEDY}`);
  try {
    await run(python, ['-m', 'venv', VENV]);
    await run(join(VENV, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', MOTO]);
  } catch (error) {
    const [why = ''] = String(error instanceof Error ? error.message : error)
      .trim()
      .split('\n')
      .slice(-1);
    throw new Error(`The emulator could not be installed in ${VENV}: ${why} ${REMEDY}`);
  }
  return own;
}

function onPath(name: string): string[] {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name));
}

async function executables(files: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    files.map((file) =>
      access(file, constants.X_OK).then(
        () => [file],
        () => [],
      ),
    ),
  );
  return found.flat();
}

/** Version managers leave launchers on the PATH that start nothing: only one that answers counts. */
async function runs(file: string): Promise<boolean> {
  if ((await executables([file])).length === 0) return false;
  return run(file, ['--help']).then(
    () => true,
    () => false,
  );
}
