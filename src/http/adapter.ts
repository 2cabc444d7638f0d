import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createConnectionErrorHandler } from './connection-errors';
import { toFixedHeaders } from './fixed-headers';
import { BODY_LIMIT } from './json-body';
import { prepareResponses } from './prepared-response';
import { sendProblem, toProblem } from '../common/problems/problem-details';
import type { ApiSettings } from '../config/api-settings';
import { REQUEST_ID_HEADER } from '../../contract';
import type { Logger } from '../../runtime/logger';

/** Request ids that are taken from a request: short, and safe in a log line. */
const SANE_REQUEST_ID = /^[\w.:-]{1,128}$/;

/** A request that is not complete after this time is aborted, so that slow senders do not accumulate. */
const REQUEST_LIMIT_MS = 30_000;

/**
 * A connection without any progress for this time is closed, also while a response is sent: a
 * client that does not read its response holds no memory.
 */
const IDLE_LIMIT_MS = 15_000;

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
      sendProblem({ problem: toProblem(error), request, reply, apiUrl: settings.apiUrl });
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

function takeOrCreateRequestId(request: IncomingMessage): string {
  const given = request.headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
}

/** Removes the host of a request target in absolute form, which clients of a proxy send (RFC 9112, section 3.2.2). */
function toOriginForm({ url = '/' }: { url?: string }): string {
  return url.replace(/^https?:\/\/[^/?#]*\/?/i, '/');
}
