import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

/** Thrown when a file of events cannot be read. The message says which and why, ready to print. */
export class EventFileError extends Error {
  override readonly name = 'EventFileError';
}

/**
 * Reads a file of CloudTrail events, or standard input for `-`.
 *
 * @throws EventFileError when it cannot be read
 */
export async function readEventFile(path: string, stdin: NodeJS.ReadableStream): Promise<Uint8Array> {
  try {
    return path === '-' ? await buffer(stdin) : await readFile(path);
  } catch (error) {
    throw new EventFileError(`Cannot read events from ${path === '-' ? 'standard input' : path}: ${why(error)}.`);
  }
}

function why(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder; name one of the files in it';
    case 'EACCES':
      return 'permission denied';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
