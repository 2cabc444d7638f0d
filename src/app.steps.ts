import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { catchUpBeforeAnswers } from './auth/live-access/catch-up';
import { SessionAccess } from './auth/live-access/session-access';
import { limitPublicRoutes } from './auth/rate-limit/public-routes';
import { registerIntrospection } from './auth-proxy/introspection/introspection-route';
import { IntrospectionService } from './auth-proxy/introspection/introspection.service';
import { registerAuthPassThrough } from './auth-proxy/pass-through';
import { serveResourceMetadata } from './auth-proxy/well-known';
import { RequestValidationPipe } from './common/validation/request-validation.pipe';
import type { ApiSettings } from './config/api-settings';
import { INTERNAL_SECRET } from './database/internal-secret';
import { serveSwaggerUi } from './documentation/swagger-ui';
import { redirectFromBaseUrl, redirectToDocumentation } from './entrance/entrance-redirect';
import { serveProblemPages } from './entrance/problem-pages';
import { refuseWrongMethods } from './http/allowed-methods';
import { checkAnswers } from './http/answer-schema';
import { refuseBrokenQueries } from './http/broken-queries';
import { installClientAddresses } from './http/request/client-address';
import { answerCrossOrigin } from './http/cors';
import { announceDeprecations } from './http/deprecation-headers';
import { answerNotModified, tagAnswers } from './http/entity-tag';
import { acceptJsonBodies, ignoreAfterLast } from './http/request/json-body';
import { answerForNode } from './http/plain-http';
import { sendRequestIds } from './http/request/request-id';
import { logRequests } from './http/request/request-log';
import { logRequestsLazily } from './http/request/request-logger';
import { countRequests } from './metrics/request-counter';
import { readAccess } from './openapi/access';
import { serveDocumentation } from './openapi/serving';
import { runInDatabaseScope } from '../runtime/database/database-scope';
import type { Metrics } from '../runtime/metrics/metrics';

/** What a step works on. */
export interface ApiParts {
  app: NestFastifyApplication;
  fastify: FastifyInstance;
  settings: ApiSettings;
  metrics: Metrics;
}

/** One step of the assembly. Fastify runs hooks of one kind in the order of the steps. */
export interface ApiStep {
  name: string;
  /** The reason for its position; a step without a reason can stand anywhere. */
  position?: string;
  run: (parts: ApiParts) => void;
}

/** The assembly of the API on top of its module, in order. */
export const API_STEPS: readonly ApiStep[] = [
  { name: 'validation', run: ({ app }) => app.useGlobalPipes(new RequestValidationPipe()) },
  { name: 'request logger', run: ({ fastify }) => logRequestsLazily(fastify) },
  {
    name: 'client addresses',
    run: ({ fastify, settings }) => installClientAddresses(fastify, settings.trustProxy),
  },
  {
    name: 'last request',
    position: 'Before every step that acts on a request.',
    run: ({ fastify }) => ignoreAfterLast(fastify),
  },
  {
    name: 'request log',
    position: 'Before every step that can refuse: a refused request has a line too.',
    run: ({ fastify }) => logRequests(fastify),
  },
  {
    name: 'request counter',
    position: 'Before every step that can refuse: a refused request is counted too.',
    run: ({ fastify, metrics }) => countRequests(fastify, metrics),
  },
  {
    name: 'CORS',
    position: 'Before every step that can refuse: scripts of trusted origins can read a refusal.',
    run: ({ fastify, settings }) => answerCrossOrigin(fastify, settings),
  },
  { name: 'JSON bodies', run: ({ fastify }) => acceptJsonBodies(fastify) },
  {
    name: 'allowed methods',
    position:
      'Before every step that adds a route: it knows only the routes that are added after it.',
    run: ({ fastify }) => refuseWrongMethods(fastify),
  },
  {
    name: 'valid host',
    position: 'Before the redirect of `/`: a request without a valid host is not redirected.',
    run: ({ fastify }) => answerForNode(fastify),
  },
  { name: 'valid query', run: ({ fastify }) => refuseBrokenQueries(fastify) },
  {
    name: 'answer schemas',
    run: ({ fastify }) => {
      // A schema can change the order of the fields, and the services check the tag of their order.
      tagAnswers(fastify);
      checkAnswers(fastify);
    },
  },
  {
    name: 'catch-up',
    run: ({ app, fastify }) => catchUpBeforeAnswers(fastify, app.get(SessionAccess)),
  },
  { name: 'not modified', run: ({ fastify }) => answerNotModified(fastify) },
  { name: 'request ids', run: ({ fastify }) => sendRequestIds(fastify) },
  { name: 'deprecations', run: ({ fastify }) => announceDeprecations(fastify) },
  { name: 'problem pages', run: ({ fastify }) => serveProblemPages(fastify) },
  {
    name: 'public limits',
    position: 'After CORS: scripts of trusted origins can read a refusal.',
    run: ({ fastify, settings }) => limitPublicRoutes(fastify, settings),
  },
  {
    name: 'database scope',
    position: 'A hook after the body is read: the context of an earlier hook ends there.',
    run: ({ fastify }) =>
      fastify.addHook('preValidation', (_request, { raw }, done) =>
        runInDatabaseScope(done, { isAnswered: () => raw.headersSent || raw.destroyed }),
      ),
  },
  {
    name: 'resource metadata',
    run: ({ fastify, settings }) => serveResourceMetadata(fastify, settings),
  },
  {
    name: 'introspection',
    run: ({ app, fastify }) => registerIntrospection(fastify, app.get(IntrospectionService)),
  },
  {
    name: 'pass-through',
    run: ({ app, fastify, settings }) => {
      const access = app.get(SessionAccess);
      registerAuthPassThrough(fastify, {
        settings,
        internalSecret: app.get<string>(INTERNAL_SECRET),
        catchUp: () => access.catchUp(),
      });
    },
  },
  { name: 'base URL', run: ({ fastify }) => redirectFromBaseUrl(fastify) },
  {
    name: 'rules of the routes',
    run: ({ app }) => {
      readAccess(app);
    },
  },
  { name: 'documentation', run: serveDocuments },
];

function serveDocuments({ app, fastify, settings }: ApiParts): void {
  if (!settings.apiDocs) return;
  serveDocumentation(app, settings);
  serveSwaggerUi(fastify, settings);
  redirectToDocumentation(fastify);
}
