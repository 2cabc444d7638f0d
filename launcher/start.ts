import { join } from 'node:path';
import { checkPorts } from './services/check-ports';
import { checkSettings } from './check-settings';
import { createKeptLogins } from './database-logins';
import { startEmbeddedDatabase } from './postgres/embedded-database';
import { runInForeground, type Foreground } from './foreground';
import { formatLine } from './services/log-lines';
import { authMetricsPort } from './services/metrics-ports';
import { MigrationError } from './migration-error';
import { runMigrations } from './migrations';
import { startService, waitUntilReady } from './services/service';
import type { Settings } from '../runtime/settings/load';
import { StartError } from '../runtime/start-error';
import { describeWelcome } from './welcome';

const AUTH_SERVER = { name: 'The auth server', source: 'auth', folder: 'auth-server' };
const API = { name: 'The API', source: 'api', folder: 'src' };

/** `npm start`: database, schema, auth server and API, until Ctrl-C. */
void runInForeground(async (foreground) => {
  const { settings, embedded } = checkSettings();
  await checkPorts(settings, foreground);
  const databaseUrl = embedded ? await startEmbeddedDatabase(foreground) : settings.databaseUrl;
  const directUrl = embedded ? databaseUrl : settings.databaseDirectUrl;
  // Before the migrations, which give the roles their privileges.
  const urls = embedded ? await createKeptLogins(databaseUrl) : null;
  await migrate(directUrl, { direct: directUrl !== databaseUrl, signal: foreground.signal });

  const log = new Log(settings.logLevel);
  const apiEnv = { ...process.env, ...toEnvironment(urls?.api) };
  const authEnv = {
    ...process.env,
    ...toEnvironment(urls?.authServer),
    ...authMetrics(settings),
  };
  // In parallel: most of both starts is loading, and the API waits for keys.
  await Promise.all([
    startAndWait({ ...AUTH_SERVER, port: settings.authPort }, { foreground, env: authEnv, log }),
    startAndWait({ ...API, port: settings.apiPort }, { foreground, env: apiEnv, log }),
  ]);

  // Since this process began, the build included.
  const milliseconds = performance.now();
  say(describeWelcome({ settings, databaseUrl, embedded, milliseconds }));
  log.showAll();
});

/** Of a process with its own login in the embedded database; without one, its own settings count. */
function toEnvironment(url?: string): NodeJS.ProcessEnv {
  return url === undefined ? {} : { DATABASE_URL: url, DATABASE_DIRECT_URL: url };
}

function authMetrics({ metricsPort }: Settings): NodeJS.ProcessEnv {
  return metricsPort === null ? {} : { METRICS_PORT: String(authMetricsPort(metricsPort)) };
}

interface Service {
  name: string;
  /** Its short name at the start of log lines. */
  source: string;
  /** Folder of its `main.js` in the build. */
  folder: string;
  port: number;
}

interface Surroundings {
  foreground: Foreground;
  env: NodeJS.ProcessEnv;
  log: Log;
}

async function startAndWait(service: Service, { foreground, env, log }: Surroundings) {
  const { name, source, port } = service;
  foreground.keep(
    startService({
      name,
      script: join(__dirname, '..', service.folder, 'main.js'),
      env,
      onLine: (line) => log.print(line, source),
    }),
  );
  const url = `http://localhost:${port}/health/ready`;
  await waitUntilReady({ name, url, signal: foreground.signal });
  say(`${name} is ready.`);
}

/** The start shows little; afterwards everything is shown. */
class Log {
  private least: string;

  constructor(level: string) {
    this.least = ['debug', 'trace'].includes(level) ? 'trace' : 'warn';
  }

  showAll(): void {
    this.least = 'trace';
  }

  print(line: string, source: string): void {
    const text = formatLine(line, { source, least: this.least });
    if (text !== null) say(text);
  }
}

/** A stop does not wait for a migration: the connection closes and PostgreSQL rolls back. */
async function migrate(
  url: string,
  { direct, signal }: { direct: boolean; signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
  try {
    const count = await Promise.race([runMigrations(url), rejectOnAbort(signal)]);
    say(count === 0 ? 'The schema is up to date.' : `The schema is up to date (${count} applied).`);
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    const setting = direct ? 'DATABASE_DIRECT_URL' : 'DATABASE_URL';
    throw new StartError(`The schema was not changed (${setting}): ${error.message}.`);
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
