import express from 'express';
import type { Pool } from 'pg';
import { createAuth, type Auth } from './better-auth/auth';
import { refuseHiddenSettings } from './better-auth/hidden-settings';
import type { AuthParts } from './better-auth/options';
import type { AuthConfig } from './common/config';
import { AUTH_BASE_PATH, JWKS_PATH } from '../contract';
import { createPool } from './common/database';
import { ensureFirstAdministrator } from './first-administrator';
import { limitProviders } from './federation/provider-limits';
import { handleAuth } from './auth-handler';
import { resolveClientAddress } from './http/client-address';
import { allowOrigins } from './http/cors';
import { answerErrors, answerNotFound } from './http/errors';
import { acceptNonBrowserClients } from './http/fetch-metadata';
import { healthRoutes } from './http/health';
import { keepAnAdministrator } from './users/last-administrator';
import { checkBody, limitBody } from './http/request-body';
import { logRequests } from './http/request-log';
import { setSecurityHeaders } from './http/security-headers';
import { startJobs } from './jobs';
import { createLimitStore } from './limits/limit-store';
import { measureMailQueue } from './mail/mail-metrics';
import { createMailer } from './mail/mailer';
import { answerMissingPage, pageRoutes } from './pages/routes';
import { allowOneAudience } from './oauth/audience';
import { discovery } from './oauth/discovery';
import { registerDocsClient } from './oauth/docs-client';
import { parseForm } from './oauth/forms';
import { SigningKeys } from './signing-keys/signing-keys';
import { explainStart } from './common/start-error';
import { checkDatabase } from '../runtime/database-check';
import type { Logger } from '../runtime/logger';
import { deriveInternalSecret } from '../runtime/installation-secret';
import { Metrics, METRICS_PATH } from '../runtime/metrics';

export interface AuthServer {
  app: express.Express;
  auth: Auth;
  metrics: Metrics;
  /** Gives the database connections back. The app answers 503 from then on. */
  close(): Promise<void>;
}

export interface AuthServerOptions {
  settings: AuthConfig;
  logger: Logger;
  /** Where a generated password is shown to the person at the terminal. */
  show?: (text: string) => void;
}

/** PostgreSQL repeats the values of a row that it refuses: those are not for the log. */
const ROW_VALUES = ['err.detail', 'err.where'];

/**
 * The auth server without a port. When it is there, a signing key and an administrator are
 * there too.
 *
 * @throws {StartError} when the database cannot be reached or its schema is not up to date.
 */
export async function createAuthServer(options: AuthServerOptions): Promise<AuthServer> {
  const { settings, show = (text) => process.stdout.write(text) } = options;
  const logger = options.logger.child({}, { redact: { paths: ROW_VALUES, remove: true } });
  const pool = createPool(settings, logger);
  const mailer = createMailer({ config: settings, pool, logger });
  const limitStore =
    settings.rateLimits === null ? null : createLimitStore({ config: settings, pool, logger });
  try {
    await checkDatabase(async (sql) => (await pool.query<object>(sql)).rows);
    const config = { ...settings, internalSecret: await findInternalSecret(settings, pool) };
    const auth = createAuth({ config, pool, logger, mailer, limitStore });
    await refuseHiddenSettings(auth, config);
    // Signs something: a request would find out too late that it cannot be done.
    await auth.api.signJWT({ body: { payload: {} } });
    await ensureFirstAdministrator({ auth, config, logger, show });
    await registerDocsClient(config, pool);
    await allowOneAudience(config, pool);
    const metrics = new Metrics('auth');
    measureMailQueue(metrics, mailer);
    const signingKeys = new SigningKeys(config, pool);
    const app = createApp({ auth, config, pool, logger, mailer, metrics, signingKeys });
    const jobs = startJobs({ signingKeys, config, pool, logger, metrics });
    const close = async () => {
      await mailer.close();
      limitStore?.close();
      await jobs.stop();
      await pool.end();
    };
    return { app, auth, metrics, close };
  } catch (error) {
    await mailer.close();
    limitStore?.close();
    await pool.end();
    throw explainStart(error);
  }
}

/** The setting, or, without it, the secret that both processes derive from their database. */
async function findInternalSecret({ internalSecret }: AuthConfig, pool: Pool): Promise<string> {
  return (
    internalSecret ??
    (await deriveInternalSecret(async (sql, values) => (await pool.query(sql, values)).rows))
  );
}

interface AppParts extends AuthParts {
  auth: Auth;
  metrics: Metrics;
  signingKeys: SigningKeys;
}

function createApp(parts: AppParts): express.Express {
  const { auth, config, pool, logger, mailer, metrics, signingKeys } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(logRequests(logger, metrics));
  app.use(resolveClientAddress(config));
  app.use(acceptNonBrowserClients);
  app.use(limitProviders);
  app.use(setSecurityHeaders(config));
  app.use(allowOrigins(config.trustedOrigins));
  app.use(discovery(config));
  app.use(AUTH_BASE_PATH, limitBody, checkBody, parseForm);
  app.use(AUTH_BASE_PATH, keepAnAdministrator(config, handleAuth(auth, config)));
  app.use(healthRoutes({ pool, signingKeys }));
  app.use(pageRoutes({ auth, config, logger, mailbox: mailer.mailbox }));
  if (config.metricsPort === null) app.get(METRICS_PATH, serveMetrics(metrics));
  app.get('/', (_request, response) => {
    response.json(whereToGo(config));
  });
  app.use(answerMissingPage, answerNotFound);
  app.use(answerErrors(logger));
  return app;
}

function serveMetrics(metrics: Metrics): express.RequestHandler {
  return async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.render());
  };
}

function whereToGo({ apiUrl, apiDocs }: AuthConfig) {
  return {
    name: 'Gatehouse auth server',
    description: 'Issues sessions and access tokens. The API in front of it is documented.',
    authentication: AUTH_BASE_PATH,
    keys: `${AUTH_BASE_PATH}${JWKS_PATH}`,
    health: '/health/ready',
    ...(apiDocs && { documentation: `${apiUrl}/docs` }),
  };
}
