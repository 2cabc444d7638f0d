import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeProtectedHeader } from 'jose';
import { pino } from 'pino';
import type { Settings } from '../../runtime/settings/load';
import { Caller } from '../support/caller';
import { createAuthServer } from '../support/native/auth-server';
import { loadNatively } from '../support/native/load';
import { type SignedInUser, System } from '../support/system';

type KeyCommand = typeof import('../../auth-server/signing-keys/key-command');

const { parseKeyCommand, runKeyCommand } = loadNatively(
  'auth-server/signing-keys/key-command',
) as KeyCommand;

/** One of several auth servers on the same database. */
export interface AuthServerReplica {
  url: string;
  /** Its log, one JSON text for each entry. */
  log: string[];
  stop(): Promise<void>;
}

/** Two auth servers, replicas of the API that use the first one, and a user. */
export class Cluster {
  private constructor(
    readonly system: System,
    readonly second: AuthServerReplica,
    readonly user: SignedInUser,
  ) {}

  static async start(options: { env?: NodeJS.ProcessEnv; replicas: number }): Promise<Cluster> {
    const system = await System.start(options);
    const second = await startAuthServer(system.settings);
    return new Cluster(system, second, await system.asUser());
  }

  async stop(): Promise<void> {
    await this.second.stop();
    await this.system.stop();
  }

  get authUrls(): string[] {
    return [this.system.settings.authUrl, this.second.url];
  }

  /** A new access token of the user, from one of the auth servers. */
  token(authUrl = this.second.url): Promise<string> {
    return fetchToken(authUrl, this.user.refreshToken);
  }

  /** The response of each replica to a token: 200, or the error code. */
  askAll(token: string): Promise<number[]> {
    return Promise.all(this.system.replicas.map(({ url }) => ask(url, token)));
  }

  /** In the order of creation. */
  async keyIds(): Promise<string[]> {
    const rows = await this.system.query<{ id: string }>('SELECT id FROM jwks ORDER BY created_at');
    return rows.map(({ id }) => id);
  }

  /** Runs `npm run keys:…`. @returns its output. @throws its standard error. */
  async command(args: string[], settings: Partial<Settings> = {}): Promise<string> {
    const lines: string[] = [];
    const config = { ...this.system.settings, ...settings };
    await runKeyCommand(parseKeyCommand(args), { config, print: (line) => void lines.push(line) });
    return lines.join('\n');
  }

  /** The stored session token, which is valid with every secret. */
  async unsignedSessionToken(): Promise<string> {
    const [row] = await this.system.query<{ token: string }>(
      'SELECT token FROM session WHERE user_id = $1',
      [this.user.id],
    );
    return row!.token;
  }
}

export async function startAuthServer(settings: Settings): Promise<AuthServerReplica> {
  const log: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(line) });
  const { app, close } = await createAuthServer({ settings, logger });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    log,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await close();
    },
  };
}

export async function ask(apiUrl: string, token: string): Promise<number> {
  return (await new Caller(apiUrl, token).get('/api/v1/users/me')).status;
}

export async function fetchToken(authUrl: string, sessionToken: string): Promise<string> {
  const { body } = await new Caller(authUrl, sessionToken).get<{ token?: string }>(
    '/api/auth/token',
  );
  if (!body.token) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.token;
}

export async function fetchKeyIds(authUrl: string): Promise<string[]> {
  const { body } = await new Caller(authUrl).get<{ keys: { kid: string }[] }>('/api/auth/jwks');
  return body.keys.map(({ kid }) => kid);
}

export function kidOf(token: string): string {
  return decodeProtectedHeader(token).kid!;
}

export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${String(isSo)}`);
    await sleep(10);
  }
}

/** Figures are also printed when the test passes. */
export function showFigures(line: string): void {
  process.stdout.write(`  ${line}\n`);
}
