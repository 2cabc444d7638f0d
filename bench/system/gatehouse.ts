import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOST, type ServerOptions, ServerProcess } from './server-process';
import { type ActingClient, readSigningKey, signToken } from './token-signing';
import { generateSessions, generateUsers, type Subject, withClient } from './users';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../launcher/postgres/embedded-postgres';
import { runMigrations } from '../../launcher/migrations';
import { findFreePort } from '../../launcher/services/ports';
import { NODE_FLAGS } from '../../launcher/services/service';

const ADMINISTRATOR = { email: 'admin@example.com', password: 'the first administrator' };

const SECRET = 'vT4qN8wZ1xK6rP3mS9cF2hJ7bL5dG0yA';
const INTERNAL_SECRET = 'k4Vw9sQ2mX7pL1zR8tB3nC6yH5jD0fGa';

/** Accounts, sessions and access tokens, ready to be used by any process before the database. */
export interface Tokens {
  administrator: string;
  /** Of as many users, each in a session of its own. */
  users: string[];
}

interface GatehouseOptions {
  users: number;
  flags?: readonly string[];
}

/** One PostgreSQL, the auth server before it, and what every measured process needs of them. */
export class Gatehouse {
  private readonly started: ServerProcess[] = [];
  private runningAuthServer: ServerProcess | null = null;

  private constructor(
    readonly folder: string,
    private readonly postgres: EmbeddedPostgres,
    private readonly env: Record<string, string>,
    /** Flags of Node.js for each process. */
    private readonly flags: readonly string[],
  ) {}

  static async start({ users, flags = NODE_FLAGS }: GatehouseOptions): Promise<Gatehouse> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
    const directory = join(folder, 'postgres');
    const postgres = await startEmbeddedPostgres({ directory, durable: false });
    await runMigrations(postgres.url);
    await generateUsers(postgres.url, users);
    const [authPort, apiPort] = [await findFreePort(HOST), await findFreePort(HOST)];
    const env = {
      NODE_ENV: 'test',
      DATABASE_URL: postgres.url,
      AUTH_PORT: String(authPort),
      API_PORT: String(apiPort),
      AUTH_URL: `http://${HOST}:${authPort}`,
      API_URL: `http://${HOST}:${apiPort}`,
      BETTER_AUTH_SECRET: SECRET,
      INTERNAL_SECRET,
      ADMIN_EMAIL: ADMINISTRATOR.email,
      ADMIN_PASSWORD: ADMINISTRATOR.password,
      LOG_LEVEL: 'warn',
    };
    const gatehouse = new Gatehouse(folder, postgres, env, flags);
    gatehouse.runningAuthServer = await gatehouse.startAuthServer();
    return gatehouse;
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  get postgresPid(): number {
    return this.postgres.pid;
  }

  get issuer(): string {
    return this.env.AUTH_URL!;
  }

  get audience(): string {
    return this.env.API_URL!;
  }

  get authServer(): ServerProcess {
    return this.runningAuthServer!;
  }

  get jwksUrl(): string {
    return `${this.issuer}/api/auth/jwks`;
  }

  /** One more replica of the API, on a port of its own. */
  async startApi(options: ApiOptions): Promise<ServerProcess> {
    return this.keep(await ServerProcess.start(await this.apiOptions(options)));
  }

  /** What {@link startApi} starts; the caller stops the process that it starts from it. */
  async apiOptions({ name, env }: ApiOptions): Promise<ServerOptions> {
    const port = await findFreePort(HOST);
    const ports = { API_PORT: String(port), API_URL: this.audience };
    return this.optionsOf({ name, process: 'api', port, env: { ...this.env, ...env, ...ports } });
  }

  /** A database of its own on the same server. */
  async createDatabase(name: string): Promise<string> {
    await withClient(this.databaseUrl, (client) => client.query(`CREATE DATABASE "${name}"`));
    return Object.assign(new URL(this.databaseUrl), { pathname: `/${name}` }).href;
  }

  async makeTokens(count: number): Promise<Tokens> {
    const key = await readSigningKey(this.databaseUrl, SECRET);
    const subjects = await generateSessions(this.databaseUrl, count);
    const { issuer, audience } = this;
    const tokenOf = (subject: Subject, role: string) =>
      signToken(key, { ...subject, role, issuer, audience });
    return {
      administrator: tokenOf(await this.administratorSession(), 'admin'),
      users: subjects.map((subject) => tokenOf(subject, 'user')),
    };
  }

  /** Tokens of a client that acts in sessions of as many users. */
  async makeGrants(
    count: number,
    { audience, ...acting }: ActingClient & { audience: string },
  ): Promise<string[]> {
    const key = await readSigningKey(this.databaseUrl, SECRET);
    const subjects = await generateSessions(this.databaseUrl, count);
    const ids = subjects.map(({ sessionId }) => sessionId);
    await withClient(this.databaseUrl, (client) =>
      client.query(
        'INSERT INTO oauth_grant (session_id, client_id) SELECT unnest($1::text[]), $2',
        [ids, acting.clientId],
      ),
    );
    const { issuer } = this;
    return subjects.map((subject) =>
      signToken(key, { ...subject, ...acting, role: 'user', issuer, audience }),
    );
  }

  async stop(): Promise<void> {
    for (const server of this.started.toReversed()) await server.stop();
    await this.postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async administratorSession(): Promise<Subject> {
    const { rows } = await withClient(this.databaseUrl, (client) =>
      client.query<Subject>(
        `INSERT INTO session (id, user_id, token, expires_at)
         SELECT 'administrator', id, 'administrator', now() + interval '1 day'
           FROM "user" WHERE role = 'admin'
         RETURNING id AS "sessionId", user_id AS "userId"`,
      ),
    );
    return rows[0]!;
  }

  private async startAuthServer(): Promise<ServerProcess> {
    const port = Number(this.env.AUTH_PORT);
    const process = { name: 'auth server', process: 'auth', port, env: this.env } as const;
    return this.keep(await ServerProcess.start(this.optionsOf(process)));
  }

  private keep(server: ServerProcess): ServerProcess {
    this.started.push(server);
    return server;
  }

  private optionsOf({ name, process, port, env }: GatehouseProcess): ServerOptions {
    return {
      name,
      script: join(__dirname, `gatehouse-${process}.js`),
      configuration: { process, env },
      // Settings come from the configuration; the compile cache is one of Node.js.
      env: env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE } : {},
      flags: this.flags,
      directory: this.folder,
      readyPath: '/health/ready',
      port,
    };
  }
}

interface ApiOptions {
  name: string;
  env?: Record<string, string>;
}

interface GatehouseProcess {
  name: string;
  process: 'auth' | 'api';
  port: number;
  env: Record<string, string>;
}
