import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { RouteLabels } from './route-labels';
import {
  METHOD_NOT_ALLOWED,
  NOT_FOUND,
  RETRY_AFTER_S,
  sendError,
  toErrorAnswer,
} from '../common/errors';
import { requestContext } from '../common/request-context';
import { closeLingering } from '../../runtime/http/lingering-close';
import { toReason } from '../../runtime/fault-state';
import type { Logger } from '../../runtime/logger';

/**
 * 405 with `Allow` (RFC 9110, section 15.5.6) at the routes that are only read. Those of Better-Auth
 * and the pages with forms answer other methods themselves.
 */
export function refuseWrongMethods(routes: RouteLabels): RequestHandler {
  return (request, response, next) => {
    if (['GET', 'HEAD'].includes(request.method) || !routes.has(request.path)) return next();
    response.set('Allow', 'GET, HEAD, OPTIONS');
    if (request.method === 'OPTIONS') return void response.status(204).end();
    sendError(response, METHOD_NOT_ALLOWED);
  };
}

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
