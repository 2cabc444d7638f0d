import { pino, type Logger } from 'pino';

export type { Logger };

/** One JSON line an event on standard output. Credentials are never handed to it. */
export function createLogger(name: string, level: string): Logger {
  return pino({
    level,
    base: { process: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
