import type { Logger } from 'pino';

/**
 * The bot's own log: JSON lines, written before anything goes on, so that
 * nothing is missing when the process ends or is frozen.
 *
 * @param fd 2 where standard output belongs to people; 1 in a function, whose output is its log
 */
export async function createLog(level: string, fd: 1 | 2): Promise<Logger> {
  const { default: pino } = await import('pino');
  return pino({ level, base: null }, pino.destination({ fd, sync: true }));
}
