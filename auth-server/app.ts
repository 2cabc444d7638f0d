import type { Express } from 'express';
import type { Pool } from 'pg';
import { Admission } from './admission/admission';
import { createSteps, type Step, toApp } from './app-steps';
import { SignInMetrics } from './audit/sign-in-metrics';
import { createAuth, type Auth } from './better-auth/auth';
import { refuseHiddenSettings } from './better-auth/hidden-settings';
import { withOneRouter } from './better-auth/routed-handler';
import type { AuthConfig } from './common/config';
import { createPool } from './common/database';
import { ensureFirstAdministrator } from './first-administrator';
import { startJobs } from './jobs';
import { createLimitStore } from './limits/limit-store';
import { countDroppedMails, countMailAttempts, measureMailQueue } from './mail/mail-metrics';
import { createMailer } from './mail/mailer';
import { allowOneAudience } from './oauth/resources/audience';
import { registerDocsClient } from './oauth/docs-client';
import { SigningKeys } from './signing-keys/signing-keys';
import { explainStart } from './common/start-error';
import { checkDatabase } from '../runtime/database/check/database-check';
import { warnOfUnknownRoles } from '../runtime/database/check/role-constraint';
import { measurePool } from '../runtime/metrics/pool-metrics';
import type { Logger } from '../runtime/logger';
import { deriveInternalSecret } from '../runtime/installation-secret';
import { Metrics } from '../runtime/metrics/metrics';

export interface AuthServer {
  app: Express;
  /** The steps of `app`, in their order. */
  steps: Step[];
  auth: Auth;
  metrics: Metrics;
  /** Ends jobs and the sending of mails after their current step. New mails stay in the queue. */
  stopWork(): Promise<unknown>;
  /** Also closes the database connections. The app answers 503 from then on. */
  close(): Promise<void>;
}

export interface AuthServerOptions {
  settings: AuthConfig;
  logger: Logger;
  /** Where a generated password is shown to the person at the terminal. */
  show?: (text: string) => void;
}

/** An error of PostgreSQL contains values of the refused row. They are not logged. */
const ROW_VALUES = ['err.detail', 'err.where'];

/**
 * The auth server without a port. It is returned after a signing key and an administrator exist.
 * @throws {StartError} when the database cannot be reached or its schema is not up to date.
 */
export async function createAuthServer(options: AuthServerOptions): Promise<AuthServer> {
  const { settings, show = (text) => process.stdout.write(text) } = options;
  const logger = options.logger.child({}, { redact: { paths: ROW_VALUES, remove: true } });
  const pool = createPool(settings, logger);
  const limitStore = openLimitStore({ config: settings, pool, logger });
  const mailer = createMailer({ config: settings, pool, logger, limitStore });
  try {
    const query = async (sql: string) => (await pool.query<object>(sql)).rows;
    await checkDatabase(query);
    const warn = (text: string) => logger.warn(text);
    // It reads all users, and can take longer than a statement may.
    await warnOfUnknownRoles(query, warn).catch((error: unknown) => {
      logger.warn({ err: error }, 'users whose role no feature declares were not counted');
    });
    const config = { ...settings, internalSecret: await findInternalSecret(settings, pool) };
    const metrics = new Metrics('auth');
    const signInMetrics = new SignInMetrics(metrics);
    const admission = new Admission(config);
    const parts = { config, pool, logger, mailer, limitStore, admission, signInMetrics };
    const auth = withOneRouter(createAuth(parts), admission);
    await refuseHiddenSettings(auth, config);
    // Signs a value at the start: otherwise a missing key is found by the first request.
    await auth.api.signJWT({ body: { payload: {} } });
    await ensureFirstAdministrator({ auth, config, logger, show });
    await registerDocsClient(config, pool);
    await allowOneAudience(config, pool);
    measurePool(metrics, pool);
    measureMailQueue(metrics, mailer);
    countMailAttempts(metrics, mailer);
    countDroppedMails(metrics, mailer);
    const signingKeys = new SigningKeys(config, pool);
    const steps = createSteps({ ...parts, auth, metrics, signingKeys });
    const jobs = startJobs({ signingKeys, config, pool, mailer, logger, metrics });
    let stopped: Promise<unknown> | undefined;
    // Once: a second wait for a mail server that does not answer exceeds the limit of a stop.
    const stopWork = () => (stopped ??= Promise.all([mailer.close(), jobs.stop()]));
    const close = async () => {
      await stopWork();
      limitStore?.close();
      await pool.end();
    };
    return { app: toApp(steps), steps, auth, metrics, stopWork, close };
  } catch (error) {
    await mailer.close();
    limitStore?.close();
    await pool.end();
    throw explainStart(error);
  }
}

/**
 * In production the budgets of mails apply also when limits are switched off: they protect the
 * recipients.
 */
function openLimitStore(parts: Parameters<typeof createLimitStore>[0] & { config: AuthConfig }) {
  const { rateLimits, production } = parts.config;
  if (rateLimits !== null) return createLimitStore(parts);
  parts.logger.warn('RATE_LIMITS is off: password attempts and requests are not limited');
  return production ? createLimitStore(parts) : null;
}

/** The setting, or, without it, the secret that both processes derive from their database. */
async function findInternalSecret({ internalSecret }: AuthConfig, pool: Pool): Promise<string> {
  return (
    internalSecret ??
    (await deriveInternalSecret(async (sql, values) => {
      const { rows } = await pool.query<{ value: Buffer }>(sql, values);
      return rows;
    }))
  );
}
