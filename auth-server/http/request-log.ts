import type { RequestHandler } from 'express';
import { REQUEST_ID_HEADER } from '../../contract';
import { endPart, requestContext, type RequestContext } from '../common/request-context';
import { runInDatabaseScope } from '../../runtime/database/database-scope';
import type { RouteLabels } from './route-labels';
import { isAfterLast } from '../../runtime/http/lingering-close';
import { withoutCredentials } from '../../runtime/http/path-credentials';
import { takeOrCreateRequestId } from '../../runtime/http/request-id';
import type { Logger } from '../../runtime/logger';
import type { Metrics } from '../../runtime/metrics/metrics';
import { outcomeOf } from '../../runtime/metrics/request-durations';
import { continueTrace } from '../../runtime/tracing/trace-context';

interface LogParts {
  logger: Logger;
  metrics: Metrics;
  routes: RouteLabels;
}

/**
 * Sets the request id, opens the context of the request, and writes one line when the request is
 * answered or aborted: method, path without query, status, time. Probes are logged at `debug`. What
 * follows the last answer of a connection is ignored.
 */
export function logRequests({ logger, metrics, routes }: LogParts): RequestHandler {
  return (request, response, next) => {
    if (isAfterLast(request)) return void request.resume();
    const start = performance.now();
    const requestId = takeOrCreateRequestId(request);
    const { traceId } = continueTrace(request.headers.traceparent);
    const path = withoutCredentials(request.path);
    response.setHeader(REQUEST_ID_HEADER, requestId);
    const { socket } = request;
    const hasGone = () => !response.writableFinished && (socket.destroyed || socket.readableEnded);
    const context: RequestContext = {
      requestId,
      openParts: 1,
      hasGone,
    };
    response.once('close', () => {
      endPart(context);
      const level = path.startsWith('/health/') ? 'debug' : 'info';
      const { method } = request;
      const milliseconds = performance.now() - start;
      const ms = Math.round(milliseconds);
      const status = response.writableFinished ? response.statusCode : null;
      logger[level]({ requestId, method, path, status, ms, traceId }, 'request');
      const outcome = outcomeOf(response);
      if (outcome === null) return;
      metrics.countRequest({ method, route: routes.labelOf(path), status: outcome, milliseconds });
    });
    // Better-Auth continues after some failed statements.
    const isAnswered = () => response.headersSent || response.destroyed;
    const run = () => runInDatabaseScope(next, { stopsAtOutage: true, isAnswered });
    requestContext.run(context, run);
  };
}
