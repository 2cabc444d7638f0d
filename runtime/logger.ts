import { pino, type Logger } from 'pino';

export type { Logger };

const STANDARD_OUTPUT = 1;

/** Lines that wait while the log cannot be written, in characters; further lines are lost. */
const LONGEST_BACKLOG = 2 ** 20;

/** Writes one JSON line for each event to standard output. Callers never pass credentials to it. */
export function createLogger(name: string, level: string): Logger {
  const options = {
    level,
    base: { process: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, openLog(STANDARD_OUTPUT));
}

/**
 * Lines are written at once: pino's buffered destination hangs at the exit when the pipe has no
 * reader. While the log cannot be written, for example on a full disk, lines wait up to a limit, and
 * further ones are lost. Without a listener, the error would end the process.
 */
export function openLog(descriptor: number): ReturnType<typeof pino.destination> {
  const log = pino.destination({ dest: descriptor, sync: true, maxLength: LONGEST_BACKLOG });
  return log.on('error', () => {});
}
