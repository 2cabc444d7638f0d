import type { ErrorRequestHandler, RequestHandler } from 'express';
import { NOT_FOUND, RETRY_AFTER_S, sendError, toErrorAnswer } from '../common/errors';
import { requestContext } from '../common/request-context';
import { closeLingering } from '../../runtime/http/lingering-close';
import { toReason } from '../../runtime/fault-state';
import type { Logger } from '../../runtime/logger';

export const answerNotFound: RequestHandler = (_request, response) => {
  sendError(response, NOT_FOUND);
};

/** The last step. No stack and no text of a library is sent. */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const answer = toErrorAnswer(error);
    const requestId = requestContext.getStore()?.requestId;
    if (answer.status === 503) {
      // Each request fails while the database is unavailable: a stack in each line says nothing more.
      logger.error({ requestId, reason: toReason(error) }, 'request failed');
    } else if (answer.status >= 500) {
      logger.error({ requestId, err: error }, 'request failed');
    }
    // Express ends a connection whose answer has begun already.
    if (response.headersSent) return next(error);
    if (answer.status === 503) response.set('Retry-After', RETRY_AFTER_S);
    if (answer.status === 413) {
      response.set('Connection', 'close');
      closeLingering(request);
    }
    sendError(response, answer);
  };
}
