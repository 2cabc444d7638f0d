import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Admission } from './admission/admission';
import { admitPasswords } from './admission/password-step';
import { handleAuth } from './auth-handler';
import type { Auth } from './better-auth/auth';
import { type AuthParts, trustedOriginsOf } from './better-auth/options';
import type { AuthConfig } from './common/config';
import { AUTH_BASE_PATH, JWKS_PATH } from '../contract';
import { resolveCallerSession } from './http/caller-session';
import { resolveClientAddress } from './http/client-address';
import { allowOrigins } from './http/cors';
import { answerErrors, answerNotFound, refuseWrongMethods } from './http/errors';
import { EndpointMethods } from './http/endpoint-methods';
import { acceptNonBrowserClients } from './http/fetch-metadata';
import { acceptFormerSecrets } from './http/former-secrets';
import { healthRoutes } from './http/health';
import { acceptPostedRequests } from './http/posted-requests';
import { checkBody, limitBody } from './http/request-body';
import { logRequests } from './http/request-log';
import { checkTarget } from './http/request-target';
import { RouteLabels } from './http/route-labels';
import { setSecurityHeaders } from './http/security-headers';
import { warnOfUntrustedApplications } from './http/untrusted-applications';
import { limitPublicRequests } from './limits/public-limits';
import { discovery, discoveryPaths } from './oauth/discovery';
import {
  ignoreKeyProofs,
  limitAuthorizationRequest,
  limitParameters,
  noteRepeatedParameters,
  parseForm,
} from './oauth/forms';
import { answerMissingPage, pageRoutes } from './pages/routes';
import { signalDiscovery, signalDiscoveryPaths } from './shared-signals/discovery';
import type { SigningKeys } from './signing-keys/signing-keys';
import { EXACT_PATHS } from '../runtime/http/exact-paths';
import { type Metrics, METRICS_PATH } from '../runtime/metrics/metrics';
import { RefusedOrigins } from '../runtime/network/refused-origins';

const AUTHORIZE_PATH = `${AUTH_BASE_PATH}/oauth2/authorize`;

export interface AppParts extends AuthParts {
  auth: Auth;
  metrics: Metrics;
  signingKeys: SigningKeys;
  admission: Admission;
}

/** Handlers that stand together in the order of the Express app. */
export interface Step {
  name: string;
  /** The path below which the handlers run; omitted: all paths. */
  path?: string;
  handlers: (RequestHandler | ErrorRequestHandler)[];
}

/**
 * The steps of the Express app, in their order. test/assembly/step-order.spec.ts shows
 * what each order prevents.
 */
export function createSteps(parts: AppParts): Step[] {
  const { auth, config, pool, logger, mailer, metrics, signingKeys, admission } = parts;
  const routes = new RouteLabels();
  const methods = new EndpointMethods(auth.api, auth.options.disabledPaths ?? []);
  const isEndpoint = (path: string, method: string) => methods.isServed(path, method);
  const trusted = new Set(trustedOriginsOf(config));
  const refused = new RefusedOrigins(trusted, (line) => logger.warn(line));
  const steps = [
    // First: every answer has a request id and a line in the log.
    step('request log', [logRequests({ logger, metrics, routes })]),
    // Before all that read the path: each of them has its own URL parser.
    step('request target', [checkTarget]),
    // Before all that read the IP address, the host or the protocol: it removes forged headers.
    step('client address', [resolveClientAddress(config, logger)]),
    // Before Better-Auth, which refuses Node's `fetch` as a browser without an origin.
    step('fetch metadata', [acceptNonBrowserClients]),
    // Before Better-Auth and the pages, which verify signatures with the current secret only.
    step('former secrets', acceptFormerSecrets(config)),
    // Before the first step that answers: cross-origin rules.
    step('security headers', [setSecurityHeaders(config)]),
    // Before all routes: it answers preflight requests.
    step('cross-origin rules', [allowOrigins(trusted, refused), acceptPostedRequests(config)]),
    // Any place before Better-Auth.
    step('applications', [warnOfUntrustedApplications({ pool, refused })], AUTHORIZE_PATH),
    // After the IP address, which it counts by, and the cross-origin rules: scripts can read a
    // refusal. Before all routes.
    step('public limits', [limitPublicRequests(config, isEndpoint)]),
    // Any place before "not found".
    step('discovery', [discovery(config, pool), signalDiscovery(config)]),
    // Before the caller session and Better-Auth: a refused body causes no query. The form is parsed
    // after the body is checked.
    step(
      'body',
      [
        limitBody,
        checkBody,
        ignoreKeyProofs,
        limitParameters,
        limitAuthorizationRequest,
        noteRepeatedParameters,
        parseForm,
      ],
      AUTH_BASE_PATH,
    ),
    // After the IP address and the body. Before the caller session and Better-Auth: a request that
    // waits or is refused causes no query.
    step('password admission', [admitPasswords(admission, isEndpoint)], AUTH_BASE_PATH),
    // After the IP address, whose header is accepted from the API only. Before Better-Auth.
    step('caller session', [resolveCallerSession({ config, pool, signingKeys })], AUTH_BASE_PATH),
    // After all steps that check a request.
    step('better-auth', [handleAuth(auth, { config, methods })], AUTH_BASE_PATH),
    // Any place before "not found".
    step('health', [healthRoutes({ pool, signingKeys, logger, metrics })]),
    // Any place after the former secrets and before "not found".
    step('pages', [pageRoutes({ auth, config, pool, logger, mailbox: mailer.mailbox })]),
    // Any place before "not found".
    step('metrics', config.metricsOnProcessPort ? [serveMetrics(metrics)] : []),
    // Any place before "not found".
    step('start page', [serveStartPage(config)]),
    // After all routes: it answers what no route answers.
    step('not found', [refuseWrongMethods(routes), answerMissingPage, answerNotFound]),
    // Last: it answers the errors of all steps.
    step('errors', [answerErrors(logger)]),
  ];
  routes.addEndpoints(auth.api);
  const documents = [...discoveryPaths(config), ...signalDiscoveryPaths(config)];
  for (const path of documents) routes.add(path);
  routes.addRouters(steps.flatMap(({ handlers }) => handlers));
  return steps;
}

function step(name: string, handlers: Step['handlers'], path?: string): Step {
  return { name, handlers, path };
}

export function toApp(steps: Step[]): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // As Better-Auth compares paths.
  app.enable('case sensitive routing');
  for (const { path = '/', handlers } of steps) {
    for (const handler of handlers) app.use(path, handler);
  }
  return app;
}

function serveMetrics(metrics: Metrics): RequestHandler {
  return express.Router(EXACT_PATHS).get(METRICS_PATH, async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.render());
  });
}

function serveStartPage({ apiUrl, apiDocs }: AuthConfig): RequestHandler {
  const links = {
    name: 'Gatehouse auth server',
    description: 'Issues sessions and access tokens. The API in front of it is documented.',
    authentication: AUTH_BASE_PATH,
    keys: `${AUTH_BASE_PATH}${JWKS_PATH}`,
    health: '/health/ready',
    ...(apiDocs && { documentation: `${apiUrl}/docs` }),
  };
  return express.Router(EXACT_PATHS).get('/', (_request, response) => {
    response.json(links);
  });
}
