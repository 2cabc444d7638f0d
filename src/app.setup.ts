import { type INestApplication, VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AppModule } from './app.module';
import { registerAuthPassThrough } from './auth-proxy/pass-through';
import { SessionAccess } from './auth/live-access/session-access';
import { serveResourceMetadata } from './auth-proxy/well-known';
import { catchUpBeforeAnswers } from './auth/live-access/catch-up';
import { holdAnswersToSchemas } from './http/answer-schema';
import { answerCrossOrigin } from './http/cors';
import { toFixedHeaders } from './http/fixed-headers';
import { prepareResponses } from './http/prepared-response';
import { logRequestsLazily } from './http/request-logger';
import { refuseWrongMethods } from './http/allowed-methods';
import { refuseBrokenQueries } from './http/broken-queries';
import { createConnectionErrorHandler } from './http/connection-errors';
import { announceDeprecations } from './http/deprecation-headers';
import { answerNotModified } from './http/entity-tag';
import { installClientAddresses } from './http/client-address';
import { acceptJsonBodies, BODY_LIMIT } from './http/json-body';
import { NestLogger } from './common/nest-logger';
import { answerForNode } from './http/plain-http';
import { sendProblem, toProblem } from './common/problems/problem-details';
import { traceOf } from './http/request-trace';
import { RequestValidationPipe } from './common/validation/request-validation.pipe';
import { type ApiSettings, toApiSettings } from './config/api-settings';
import { INTERNAL_SECRET } from './database/internal-secret';
import { serveSwaggerUi } from './documentation/swagger-ui';
import { leadPeopleToDocumentation } from './entrance/entrance-redirect';
import { showProblemsToPeople } from './entrance/problem-pages';
import { createOpenApiDocument } from './openapi/document';
import { serveDocumentation } from './openapi/serving';
import { REQUEST_ID_HEADER } from '../contract';
import { runInDatabaseScope } from '../runtime/database-scope';
import type { Logger } from '../runtime/logger';
import { Metrics } from '../runtime/metrics';
import type { Settings } from '../runtime/settings/load';

/** Request ids that are taken over from a caller: short and harmless in a log line. */
const SANE_REQUEST_ID = /^[\w.:-]{1,128}$/;

/** A request that has not arrived whole by then is given up: slow senders must not pile up. */
const REQUEST_LIMIT_MS = 30_000;

/** A failed query brings along what was asked for and the row: those are not for the log. */
const ROW_VALUES = ['err.parameters', 'err.driverError', 'err.detail', 'err.where'];

/**
 * The API, ready to listen: used by main and by tests, so that what is tested is what runs.
 *
 * @throws when the database cannot be reached.
 */
export async function createApi(
  allSettings: Settings,
  parentLogger: Logger,
): Promise<NestFastifyApplication> {
  const logger = parentLogger.child({}, { redact: { paths: ROW_VALUES, remove: true } });
  const settings = toApiSettings(allSettings);
  const metrics = new Metrics('api');
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(settings, metrics),
    createAdapter(settings, logger),
    // A start that fails is explained once, by whoever started it.
    { bodyParser: false, bufferLogs: true, autoFlushLogs: false, abortOnError: false },
  );
  app.useLogger(new NestLogger(logger));
  app.flushLogs();
  placeRoutes(app);
  app.useGlobalPipes(new RequestValidationPipe());
  const fastify = app.getHttpAdapter().getInstance();
  installClientAddresses(fastify, settings.trustProxy);
  logRequestsLazily(fastify);
  answerCrossOrigin(fastify, settings);
  acceptJsonBodies(fastify);
  refuseWrongMethods(fastify);
  answerForNode(fastify);
  refuseBrokenQueries(fastify);
  holdAnswersToSchemas(fastify);
  const access = app.get(SessionAccess);
  catchUpBeforeAnswers(fastify, access);
  answerNotModified(fastify);
  fastify.addHook('onSend', setRequestId);
  announceDeprecations(fastify);
  showProblemsToPeople(fastify);
  if (logger.isLevelEnabled('info')) fastify.addHook('onResponse', logRequest);
  fastify.addHook('onResponse', createRequestCounter(metrics));
  // After the body: the context of a hook ends where a body is read.
  fastify.addHook('preValidation', (_request, _reply, done) => runInDatabaseScope(done));
  serveResourceMetadata(fastify, settings);
  registerAuthPassThrough(fastify, {
    settings,
    internalSecret: app.get<string>(INTERNAL_SECRET),
    catchUp: () => access.catchUp(),
  });
  if (settings.apiDocs) {
    serveDocumentation(app, settings);
    serveSwaggerUi(fastify, settings);
    leadPeopleToDocumentation(fastify);
  }
  return app;
}

/**
 * The OpenAPI document without a running system: nothing is connected, no provider made.
 * Used to keep the exported document in step with the code.
 */
export async function describeApi(settings: ApiSettings): Promise<OpenAPIObject> {
  const app = await NestFactory.create(
    AppModule.with(settings, new Metrics('api')),
    new FastifyAdapter(),
    {
      preview: true,
      logger: false,
      abortOnError: false,
    },
  );
  placeRoutes(app);
  return createOpenApiDocument(app, settings);
}

/** Routes of the process rather than of the versioned API. */
const OUTSIDE_THE_API = [
  '/',
  'problems',
  'problems/:code',
  'health/live',
  'health/ready',
  'metrics',
];

function placeRoutes(app: INestApplication): void {
  app.setGlobalPrefix('api', { exclude: OUTSIDE_THE_API });
  app.enableVersioning({ type: VersioningType.URI });
}

function createAdapter(settings: ApiSettings, logger: Logger): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    // The router's own refusals (broken or over-long addresses), before any hook runs.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      sendProblem({ problem: toProblem(error), request, reply, apiUrl: settings.apiUrl });
    },
    clientErrorHandler: createConnectionErrorHandler(settings.apiUrl),
    rewriteUrl: toOriginForm,
    requestTimeout: REQUEST_LIMIT_MS,
    http: {
      requireHostHeader: false,
      ServerResponse: prepareResponses(toFixedHeaders(settings)),
    },
    // A request on a connection that is open already is served to the end, also during a stop.
    return503OnClosing: false,
    bodyLimit: BODY_LIMIT,
    requestIdHeader: false,
    genReqId: takeOrMakeRequestId,
    // A stop waits for requests under way, not for idle keep-alive connections.
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
  });
}

function createRequestCounter(metrics: Metrics) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    metrics.countRequest({
      method: request.method,
      route: request.routeOptions.url ?? 'unmatched',
      status: reply.statusCode,
      milliseconds: reply.elapsedTime,
    });
    done();
  };
}

function takeOrMakeRequestId(request: IncomingMessage): string {
  const given = request.headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
}

/** Clients of a proxy, and tests of one, name the host in the request line (RFC 9112, section 3.2.2). */
function toOriginForm({ url = '/' }: { url?: string }): string {
  return url.replace(/^https?:\/\/[^/?#]*\/?/i, '/');
}

/** On every answer, also on one that a hook sends. */
function setRequestId(
  request: FastifyRequest,
  reply: FastifyReply,
  _payload: unknown,
  done: () => void,
): void {
  void reply.header(REQUEST_ID_HEADER, request.id);
  done();
}

/** One line a request. The query is left out: it may hold what does not belong in a log. */
function logRequest(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  request.log.info(
    {
      method: request.method,
      path: request.url.split('?', 1)[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      traceId: traceOf(request).traceId,
    },
    'request',
  );
  done();
}
