import { StopTime } from './stop-time';
import { takeOverSignals } from '../entry/start-signals';
import type { Logger } from '../logger';
import { SettingsError } from '../settings/load';

/** The steps of a stop end so many milliseconds before the process would end with status 1. */
const RESERVE_MS = 500;

export interface StopOptions {
  logger: Logger;
  /** After this time the process ends with status 1. */
  stopLimitMs: number;
}

/**
 * Stops the process once: on SIGTERM, on SIGINT, or when its supervisor has ended (the IPC
 * channel closes, also after SIGKILL). An error that no code handles stops it in the same order,
 * with status 1.
 *
 * @param stop gets the time for all its steps.
 */
export function stopCleanlyOnSignal(
  { logger, stopLimitMs }: StopOptions,
  stop: (time: StopTime) => Promise<void>,
): void {
  let stopping = false;
  const begin = (reason: string, status: 0 | 1 = 0) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), stopLimitMs).unref();
    stop(new StopTime(stopLimitMs - RESERVE_MS, logger)).then(
      () => process.exit(status),
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => begin('SIGTERM'));
  process.on('SIGINT', () => begin('SIGINT'));
  // After these: a signal of the current turn is lost when the last listener is removed.
  takeOverSignals();
  process.on('disconnect', () => begin('the supervisor has ended'));
  // Node reports an unhandled rejection here too. The state of the process is unknown, so it stops
  // as after a signal, and its supervisor starts a new process.
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'unexpected error');
    begin('unexpected error', 1);
  });
}

/**
 * Runs the start of a process. A failed start ends with status 1 and one readable message on
 * standard error for wrong settings, a file that cannot be opened and a {@link StartError}.
 */
export function startOrExplain(start: () => Promise<void>): void {
  start().catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  });
}

function explain(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  const { message, path, stack } = error as NodeJS.ErrnoException;
  // A file that cannot be opened; the message names it.
  if (path !== undefined) return message;
  // Some libraries throw errors with an empty stack.
  return stack || String(error);
}
