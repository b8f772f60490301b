import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EventFileError, readEventFile } from '../../../src/intake/sources/file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redress-events-'));
});
afterAll(() => rm(folder, { recursive: true }));

const noInput = Readable.from([]);

it('reads a file as it is', async () => {
  const path = join(folder, 'event.json.gz');
  await writeFile(path, Buffer.from([0x1f, 0x8b, 0, 0xff]));
  expect([...(await readEventFile(path, noInput))]).toEqual([0x1f, 0x8b, 0, 0xff]);
});

it('reads standard input for -', async () => {
  const input = Readable.from([Buffer.from([0x1f]), Buffer.from([0x8b])]);
  expect([...(await readEventFile('-', input))]).toEqual([0x1f, 0x8b]);
});

it('says which file is not there', async () => {
  await expect(readEventFile('no-such.json', noInput)).rejects.toThrow(
    new EventFileError('Cannot read events from no-such.json: there is no such file.'),
  );
});

it('says that a folder is none', async () => {
  await expect(readEventFile(folder, noInput)).rejects.toThrow('it is a folder; name one of the files in it');
});

it('says that standard input broke', async () => {
  const input = new Readable({ read: (): void => void input.destroy(new Error('pipe broke')) });
  await expect(readEventFile('-', input)).rejects.toThrow('Cannot read events from standard input: pipe broke.');
});
