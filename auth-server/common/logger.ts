import { isDatabaseUnavailable, isDataException, isError } from '../../runtime/database-errors';
import { requestContext } from './request-context';
import type { Logger } from '../../runtime/logger';

type Level = 'debug' | 'info' | 'warn' | 'error';

/**
 * Better-Auth's log lines among our own. Only its messages and its errors are taken: other
 * arguments may hold what a caller sent. Below `warn` its messages name e-mail addresses,
 * so those are left out at every LOG_LEVEL.
 */
export function createAuthLogger(logger: Logger) {
  return {
    level: 'warn' as const,
    log(level: Level, message: string, ...details: unknown[]): void {
      const context = requestContext.getStore();
      const error = details.find(isError);
      if (context && isDatabaseUnavailable(error)) context.databaseUnreachable = true;
      if (context && isDataException(error)) context.valueRefused = true;
      // It reports refused callers (a foreign origin) as errors, too; only a failure comes with one.
      const severity = level === 'error' && !error ? 'warn' : level;
      logger[severity]({ requestId: context?.requestId, err: error }, message);
    },
  };
}
