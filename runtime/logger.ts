import { pino, type Logger } from 'pino';

export type { Logger };

const STANDARD_OUTPUT = 1;

/** Lines that wait while the log cannot be written, in characters; further lines are lost. */
const LONGEST_BACKLOG = 2 ** 20;

/** From a failed write to the next one, in milliseconds; a new line is also a next one. */
const RETRY_MS = 50;

/** At the exit, waiting lines are tried again so often, each time after 100 ms. */
const LAST_RETRIES = 10;

let shared: ReturnType<typeof openLog> | undefined;

/** Writes one JSON line for each event to standard output. Callers never pass credentials to it. */
export function createLogger(name: string, level: string): Logger {
  const options = {
    level,
    base: { process: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  // One for all loggers: it listens to events of the process.
  return pino(options, (shared ??= openLog()));
}

/**
 * Lines are written at once: pino's buffered destination hangs at the exit when the pipe has no
 * reader. While the log cannot be written, for example on a full disk or because nothing reads the
 * pipe, lines wait up to a limit, and further ones are lost. Without a listener, the error would end
 * the process.
 */
function openLog(): ReturnType<typeof pino.destination> {
  // With its stream, Node.js makes a pipe or a socket non-blocking: a full one would stop the process.
  const { stdout } = process;
  if (stdout.listenerCount('error') === 0) stdout.on('error', () => {});
  let retriesLeft = 0;
  const log = pino.destination({
    dest: STANDARD_OUTPUT,
    sync: true,
    maxLength: LONGEST_BACKLOG,
    retryEAGAIN: () => retriesLeft-- > 0,
  });
  // Of a `fatal` line: it would wait without end for a full disk, and nothing is left to write.
  log.flushSync = () => {};
  process.on('exit', () => {
    retriesLeft = LAST_RETRIES;
    log.write('');
  });
  let retry: NodeJS.Timeout | undefined;
  return log.on('error', () => {
    retry ??= setTimeout(() => {
      retry = undefined;
      // The lines that wait.
      log.write('');
    }, RETRY_MS).unref();
  });
}
