import { pino, type Logger } from 'pino';

export type { Logger };

/** One JSON line an event on standard output. Credentials are never handed to it. */
export function createLogger(name: string, level: string): Logger {
  const options = {
    level,
    base: { process: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  // Written at once: pino's buffered destination hangs at the exit when the pipe has no reader.
  return pino(options, pino.destination({ dest: 1, sync: true }));
}
