import {
  findRefusal,
  isDataException,
  isError,
  isUniqueViolation,
} from '../../runtime/database/database-errors';
import { requestContext } from './request-context';
import type { Logger } from '../../runtime/logger';

/** Codes of Better-Auth for a callback that its browser has not begun, or has completed before. */
const FOREIGN_STATE = /^state_(mismatch|security_mismatch|not_found|invalid)$/;

type Level = 'debug' | 'info' | 'warn' | 'error';

/**
 * Writes Better-Auth's log lines to the log. Only messages and errors are logged: other arguments
 * may contain values of the caller. Messages below `warn` contain e-mail addresses and are never
 * logged.
 */
export function createAuthLogger(logger: Logger) {
  return {
    level: 'warn' as const,
    log(level: Level, message: string, ...details: unknown[]): void {
      const context = requestContext.getStore();
      const error = details.filter(isError).find((found) => !isForeignState(found));
      if (context && isDataException(error)) context.valueRefused = true;
      if (context && isUniqueViolation(error, 'user_email_key')) context.isEmailTaken = true;
      if (context) context.refusal ??= findRefusal(error);
      // Better-Auth logs refused requests as errors too; only a failure has an error object.
      const severity = level === 'error' && !error ? 'warn' : level;
      logger[severity]({ requestId: context?.requestId, err: error }, message);
    },
  };
}

/** A request that is refused. Better-Auth logs it as a failure. */
function isForeignState(error: object): boolean {
  return 'code' in error && FOREIGN_STATE.test(String(error.code));
}
