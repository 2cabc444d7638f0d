import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Client } from 'pg';
import { pino } from 'pino';
import { createAuthServer } from '../../auth-server/app';
import { createLogger, type Logger } from '../../runtime/logger';
import { loadSettings, type Settings } from '../../runtime/settings/load';
import { createApi } from '../../src/app.setup';
import type { SignedIn } from '../../src/auth-proxy/auth.schemas';
import { Caller } from './caller';
import { createTestDatabase, type TestDatabase } from './database';
import { freePorts } from './ports';
import { TcpProxy } from './tcp-proxy';

/** The password of every test user. */
export const PASSWORD = 'correct horse battery staple';

const ADMINISTRATOR = { email: 'admin@example.com', password: 'the first administrator' };

export interface SystemOptions {
  /** Environment variables in addition to those of a test system. */
  env?: NodeJS.ProcessEnv;
  /** Replicas of the API, all with one auth server. */
  replicas?: number;
  /**
   * Receives the log of both processes, one JSON text for each entry, instead of standard output.
   */
  log?: string[];
}

export interface SignedInUser {
  id: string;
  email: string;
  accessToken: string;
  refreshToken: string;
  /** Calls the API with the user's access token. */
  caller: Caller;
}

/** One replica of the API. */
export interface Replica {
  app: NestFastifyApplication;
  url: string;
  /**
   * Its own connection to the database, which a test can interrupt. The auth server uses another
   * one.
   */
  databaseLink: TcpProxy;
}

/** Both processes on real ports with a separate database. */
export class System {
  readonly replicas: Replica[] = [];
  private stopAuth: (() => Promise<void>) | null = null;
  private count = 0;

  private constructor(
    readonly settings: Settings,
    readonly database: TestDatabase,
    private readonly log: string[] | undefined,
  ) {}

  static async start({ env = {}, replicas = 1, log }: SystemOptions = {}): Promise<System> {
    const database = await createTestDatabase();
    const [authPort, ...apiPorts] = await freePorts(1 + replicas);
    const settings = loadSettings(
      testEnvironment({ database, authPort: authPort!, apiPort: apiPorts[0]!, env }),
      'auth',
    );
    const system = new System(settings, database, log);
    try {
      await system.startAuthServer();
      for (const port of apiPorts) await system.startReplica(port);
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  async stop(): Promise<void> {
    for (const { app, databaseLink } of this.replicas) {
      await app.close();
      await databaseLink.cut();
    }
    await this.stopAuthServer();
    await this.database.drop();
  }

  async startAuthServer(): Promise<void> {
    const { settings } = this;
    const authServer = await createAuthServer({ settings, logger: this.createLogger('auth') });
    const server = createServer(authServer.app).listen(settings.authPort);
    await once(server, 'listening');
    this.stopAuth = async () => {
      await closeServer(server);
      await authServer.close();
    };
  }

  /** From now on its port is closed. */
  async stopAuthServer(): Promise<void> {
    await this.stopAuth?.();
    this.stopAuth = null;
  }

  /** Of the first replica. */
  get apiUrl(): string {
    return this.replicas[0]!.url;
  }

  /** Of the first replica. */
  get databaseLink(): TcpProxy {
    return this.replicas[0]!.databaseLink;
  }

  asAnonymous(): Caller {
    return new Caller(this.apiUrl);
  }

  /** Signs up a new user, or one with the given values. */
  async asUser(given: { email?: string; name?: string } = {}): Promise<SignedInUser> {
    this.count += 1;
    const { email = `user-${this.count}@example.com`, name = `User ${this.count}` } = given;
    const body = { email, name, password: PASSWORD };
    const answer = await this.asAnonymous().post<SignedIn>('/api/v1/auth/sign-up', body);
    if (answer.status !== 201) throw new Error(`sign-up: ${JSON.stringify(answer.body)}`);
    return this.toSignedInUser(answer.body);
  }

  /** The first administrator, with a new sign-in. */
  asAdmin(): Promise<SignedInUser> {
    return this.signIn(ADMINISTRATOR);
  }

  /** A further administrator. */
  async asNewAdmin(): Promise<SignedInUser> {
    const user = await this.asUser();
    await this.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [user.id]);
    return user;
  }

  async signIn(body: { email: string; password: string }): Promise<SignedInUser> {
    const answer = await this.asAnonymous().post<SignedIn>('/api/v1/auth/sign-in', body);
    if (answer.status !== 200) throw new Error(`sign-in: ${JSON.stringify(answer.body)}`);
    return this.toSignedInUser(answer.body);
  }

  /** A statement of another writer with access to the database. */
  async query<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const client = new Client(this.database.url);
    await client.connect();
    try {
      return (await client.query<Row>(sql, parameters)).rows;
    } finally {
      await client.end();
    }
  }

  private createLogger(name: string): Logger {
    const { log } = this;
    if (!log) return createLogger(name, this.settings.logLevel);
    const write = (line: string) => void log.push(line);
    return pino({ level: 'debug', base: { process: name } }, { write });
  }

  private toSignedInUser({ accessToken, refreshToken, user }: SignedIn): SignedInUser {
    const caller = new Caller(this.apiUrl, accessToken);
    return { id: user.id, email: user.email, accessToken, refreshToken, caller };
  }

  private async startReplica(port: number): Promise<void> {
    const databaseLink = await TcpProxy.before(this.settings.databaseUrl);
    const settings = {
      ...this.settings,
      databaseUrl: databaseLink.via(this.settings.databaseUrl),
      databaseDirectUrl: databaseLink.via(this.settings.databaseDirectUrl),
    };
    const app = await createApi(settings, this.createLogger('api'));
    await app.listen({ port, host: '::' });
    this.replicas.push({ app, url: `http://localhost:${port}`, databaseLink });
  }
}

function testEnvironment(parts: {
  database: TestDatabase;
  authPort: number;
  apiPort: number;
  env: NodeJS.ProcessEnv;
}): NodeJS.ProcessEnv {
  return {
    NODE_ENV: 'test',
    DATABASE_URL: parts.database.url,
    AUTH_PORT: String(parts.authPort),
    API_PORT: String(parts.apiPort),
    BETTER_AUTH_SECRET: 'a test secret of more than 32 characters',
    INTERNAL_SECRET: 'another test secret of more than 32 characters',
    ADMIN_EMAIL: ADMINISTRATOR.email,
    ADMIN_PASSWORD: ADMINISTRATOR.password,
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    ...parts.env,
  };
}

async function closeServer(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
