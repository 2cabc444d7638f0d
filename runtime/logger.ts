import { pino, type Logger } from 'pino';

export type { Logger };

const STANDARD_OUTPUT = 1;

/** One JSON line an event on standard output. Credentials are never handed to it. */
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
 * reader. A line that cannot be written is lost, for example on a full disk: without a listener,
 * its error would end the process.
 */
export function openLog(descriptor: number): ReturnType<typeof pino.destination> {
  const log = pino.destination({ dest: descriptor, sync: true });
  return log.on('error', () => {});
}
