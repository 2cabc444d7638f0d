import { checkSettings } from './check-settings';
import { createKeptLogins } from './database-logins';
import type { Foreground } from './foreground/foreground';
import { MigrationError } from './migration-error';
import { runMigrations } from './migrations';
import { startEmbeddedDatabase } from './postgres/embedded-database';
import { checkPorts } from './services/check-ports';
import { authMetricsPort } from './services/metrics-ports';
import { say } from './services/start-log';
import type { Settings } from '../runtime/settings/load';
import { StartError } from '../runtime/start-error';

/** One of the two processes, before it is started. */
export interface Service {
  /** Its name in messages. */
  name: string;
  /** Its short name at the start of log lines. */
  source: 'auth' | 'api';
  /** The folder of its `main`. */
  folder: 'auth-server' | 'src';
  port: number;
  env: NodeJS.ProcessEnv;
}

export interface PreparedSystem {
  settings: Settings;
  databaseUrl: string;
  /** Whether the database is the embedded one. */
  embedded: boolean;
  services: Service[];
}

/**
 * Does what both processes need before their start: checks the settings and the ports, starts the
 * embedded database unless another one is set, and applies the migrations.
 */
export async function prepareSystem(foreground: Foreground): Promise<PreparedSystem> {
  const { settings, embedded } = checkSettings();
  await checkPorts(settings, foreground);
  const databaseUrl = embedded ? await startEmbeddedDatabase(foreground) : settings.databaseUrl;
  const directUrl = embedded ? databaseUrl : settings.databaseDirectUrl;
  // Before the migrations, which give the roles their privileges.
  const urls = embedded ? await createKeptLogins(databaseUrl) : null;
  await migrate(directUrl, { direct: directUrl !== databaseUrl, signal: foreground.signal });

  const authServer: Service = {
    name: 'The auth server',
    source: 'auth',
    folder: 'auth-server',
    port: settings.authPort,
    env: { ...process.env, ...toEnvironment(urls?.authServer), ...authMetrics(settings) },
  };
  const api: Service = {
    name: 'The API',
    source: 'api',
    folder: 'src',
    port: settings.apiPort,
    env: { ...process.env, ...toEnvironment(urls?.api) },
  };
  return { settings, databaseUrl, embedded, services: [authServer, api] };
}

/** Responds with 200 when the process and its dependencies are ready. */
export function readinessUrl({ port }: Service): string {
  return `http://localhost:${port}/health/ready`;
}

/** Of a process with its own login in the embedded database; without one, its own settings count. */
function toEnvironment(url?: string): NodeJS.ProcessEnv {
  return url === undefined ? {} : { DATABASE_URL: url, DATABASE_DIRECT_URL: url };
}

function authMetrics({ metricsPort }: Settings): NodeJS.ProcessEnv {
  return metricsPort === null ? {} : { METRICS_PORT: String(authMetricsPort(metricsPort)) };
}

/** A stop does not wait for a migration: the connection closes and PostgreSQL rolls back. */
async function migrate(
  url: string,
  { direct, signal }: { direct: boolean; signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
  try {
    const count = await Promise.race([runMigrations(url, { warn: say }), rejectOnAbort(signal)]);
    say(count === 0 ? 'The schema is up to date.' : `The schema is up to date (${count} applied).`);
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    const setting = direct ? 'DATABASE_DIRECT_URL' : 'DATABASE_URL';
    throw new StartError(`The migration failed (${setting}): ${error.message}.`);
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
