import { VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AppModule } from './app.module';
import { registerAuthPassThrough } from './auth/auth-pass-through';
import { acceptJsonBodies, BODY_LIMIT } from './common/json-body';
import { NestLogger } from './common/nest-logger';
import { sendProblem, toProblem } from './common/problem-details';
import { createRequestValidationPipe } from './common/request-validation.pipe';
import { type ApiSettings, toApiSettings } from './config/api-settings';
import { serveDocumentation } from './openapi';
import { REQUEST_ID_HEADER } from '../auth-server/contract';
import type { Logger } from '../runtime/logger';
import type { Settings } from '../runtime/settings/load';

/** Request ids that are taken over from a caller: short and harmless in a log line. */
const SANE_REQUEST_ID = /^[\w.:-]{1,128}$/;

/**
 * The API, ready to listen: used by main and by tests, so that what is tested is what runs.
 *
 * @throws when the database cannot be reached.
 */
export async function createApi(
  allSettings: Settings,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const settings = toApiSettings(allSettings);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(settings),
    createAdapter(settings, logger),
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
  );
  app.setGlobalPrefix('api', { exclude: ['/', 'problems/:code', 'health/live', 'health/ready'] });
  app.enableVersioning({ type: VersioningType.URI });
  app.useGlobalPipes(createRequestValidationPipe());
  app.useSecurityHeaders({
    contentSecurityPolicy: {
      directives: {
        // Swagger UI paints with data: images and inline styles; nothing comes from elsewhere.
        fontSrc: "'self'",
        styleSrc: ["'self'", "'unsafe-inline'"],
        frameAncestors: "'none'",
        upgradeInsecureRequests: settings.apiUrl.startsWith('https:') || null,
      },
    },
    // RFC 6797, section 7.2: not over plain http.
    strictTransportSecurity: settings.apiUrl.startsWith('https:'),
  });
  app.enableCors({
    origin: settings.trustedOrigins,
    credentials: true,
    exposedHeaders: ['ETag', 'Link', 'Location', 'Retry-After', 'X-Request-Id'],
  });
  const fastify = app.getHttpAdapter().getInstance();
  acceptJsonBodies(fastify);
  fastify.addHook('onRequest', echoRequestId);
  fastify.addHook('onResponse', logRequest);
  registerAuthPassThrough(fastify, settings);
  serveDocumentation(app, settings);
  return app;
}

function createAdapter(settings: ApiSettings, logger: Logger): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // The router's own refusals (broken or over-long addresses), before any hook runs.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      sendProblem({ problem: toProblem(error), request, reply, apiUrl: settings.apiUrl });
    },
    bodyLimit: BODY_LIMIT,
    trustProxy: settings.trustProxy.length > 0 ? settings.trustProxy : false,
    requestIdHeader: false,
    genReqId: takeOrMakeRequestId,
    // A stop waits for requests under way, not for idle keep-alive connections.
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
  });
}

function takeOrMakeRequestId(request: IncomingMessage): string {
  const given = request.headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
}

function echoRequestId(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
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
      milliseconds: Math.round(reply.elapsedTime),
    },
    'request',
  );
  done();
}
