import type { Logger } from './logger';
import { SettingsError } from './settings/load';

/** A clean stop that takes longer than this is cut short, so that a deploy never hangs. */
const STOP_LIMIT_MS = 8_000;

/**
 * Stops the process once, whoever asks: SIGTERM, SIGINT, or a supervisor that is gone
 * (its IPC channel closes, also when it was killed with SIGKILL).
 */
export function stopCleanlyOnSignal(logger: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const begin = (reason: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => begin('SIGTERM'));
  process.on('SIGINT', () => begin('SIGINT'));
  process.on('disconnect', () => begin('the supervisor is gone'));
}

/**
 * Runs a process' start and turns what a person can mend into one readable message on
 * standard error (settings, a taken port, a {@link StartError}) and exit code 1.
 */
export function startOrExplain(start: () => Promise<void>): void {
  start().catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  });
}

function explain(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  const { code, stack, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use by another process. Stop that process, or set another port (AUTH_PORT, API_PORT).`;
  // Some libraries throw errors with an empty stack.
  return stack || String(error);
}
