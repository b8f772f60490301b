import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../src/redress.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');
const instructions = dockerfile
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line))
  .map((line) => line.split(/\s+/));
const copied = instructions.flatMap(([name, ...words]) =>
  name === 'COPY' && !words[0]?.startsWith('--from') ? words.slice(0, -1) : [],
);

describe('the container', () => {
  it('takes only what is in the repository, and what .dockerignore lets through', async () => {
    const { stdout } = await run('git', ['ls-files', '--', ...copied], { cwd: root, maxBuffer: 10_000_000 });
    const tracked = stdout.trim().split('\n');
    for (const source of copied) {
      expect(
        tracked.some((file) => file === source || file.startsWith(`${source}/`)),
        source,
      ).toBe(true);
    }
    const [first, ...allowed] = (await readFile(join(root, '.dockerignore'), 'utf8'))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    expect(allowed.map((line) => line.slice(1)).sort()).toEqual([...copied].sort());
  });

  it('runs as nobody special, and starts the bot', () => {
    const last = instructions.slice(instructions.findLastIndex(([name]) => name === 'FROM'));
    const users = last.filter(([name]) => name === 'USER');
    expect(users).toEqual([['USER', 'node']]);
    expect(dockerfile).toContain('CMD ["serve", "--config", "/etc/redress/redress.yaml"]');
  });
});

describe('its build stage', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redress-container-'));
    for (const source of copied) await cp(join(root, source), join(folder, source), { recursive: true });
    // Installing needs the registry; the packages are those of this checkout.
    for (const name of await readdir(join(root, 'node_modules'))) {
      if (name.startsWith('.')) continue;
      const at = join(folder, 'node_modules', name);
      await mkdir(dirname(at), { recursive: true });
      await symlink(join(root, 'node_modules', name), at);
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('makes a program that runs', async () => {
    await run(process.execPath, ['build.mjs'], { cwd: folder });
    const command = ['dist/redress.js', 'controls', '--format', 'json'];
    const { stdout } = await run(process.execPath, command, { cwd: folder, maxBuffer: 50_000_000 });
    expect(JSON.parse(stdout)).toHaveLength(catalogue.size);
  });
});
