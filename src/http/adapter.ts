import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { createConnectionErrorHandler } from './connection-errors';
import { toFixedHeaders } from './fixed-headers';
import { prepareResponses } from './prepared-response';
import { sendProblem, toProblem } from '../common/problems/problem-details';
import type { ApiSettings } from '../config/api-settings';
import { takeOrCreateRequestId } from '../../runtime/http/request-id';
import { BODY_LIMIT, IDLE_LIMIT_MS, REQUEST_LIMIT_MS } from '../../runtime/http/request-limits';
import type { Logger } from '../../runtime/logger';

/** The Fastify instance of the API, with everything that Fastify takes at construction. */
export function createAdapter(settings: ApiSettings, logger: Logger): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    // Errors of the router (malformed or over-long URLs) occur before any hook runs.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      sendProblem({ problem: toProblem(error), request, reply, settings });
    },
    clientErrorHandler: createConnectionErrorHandler(settings.apiUrl),
    rewriteUrl: toOriginForm,
    requestTimeout: REQUEST_LIMIT_MS,
    connectionTimeout: IDLE_LIMIT_MS,
    http: {
      requireHostHeader: false,
      ServerResponse: prepareResponses(toFixedHeaders(settings)),
    },
    // A request on an open connection is answered, also while the process stops.
    return503OnClosing: false,
    bodyLimit: BODY_LIMIT,
    requestIdHeader: false,
    genReqId: takeOrCreateRequestId,
    // A stop waits for requests in progress, not for idle keep-alive connections.
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
  });
}

/** Removes the host of a request target in absolute form, which clients of a proxy send (RFC 9112, section 3.2.2). */
function toOriginForm({ url = '/' }: { url?: string }): string {
  return url.replace(/^https?:\/\/[^/?#]*\/?/i, '/');
}
