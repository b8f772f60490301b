import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');
/** Whatever wants to leave this process ends it. */
const noNetwork = `data:text/javascript,${encodeURIComponent(
  "import net from 'node:net'; import dns from 'node:dns'; const stop = () => process.exit(99); net.Socket.prototype.connect = stop; dns.lookup = stop;",
)}`;

const folder = mkdtempSync(join(tmpdir(), 'redress-demo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  [[], 'The ledger'],
  [['--slack'], 'Block Kit Builder'],
])(
  'demo %j runs to its end with an empty environment, without network, and leaves nothing behind',
  (options, end) => {
    const args = ['--import', tsx, '--import', noNetwork, main, 'demo', ...options];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      ...{ cwd: folder, env: {}, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(end);
    expect(stdout).not.toContain(String.fromCharCode(27));
    expect(readdirSync(folder)).toEqual([]);
  },
  60_000,
);
