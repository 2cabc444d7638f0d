import type { Role } from '../../contract';
import type { Settings } from '../../runtime/settings/load';
import type { SignedIn } from '../../src/auth-proxy/auth.schemas';
import type { NewClient } from '../../src/admin/clients/clients.schemas';
import { hashCost } from './auth-server/hash-cost';
import { Caller } from './caller';
import {
  CALLBACK_URL,
  obtainServiceAccountToken,
  obtainUserToken,
  type TokenResponse,
} from './client/oauth-tokens';
import { createTestDatabase, type TestDatabase } from './database';
import { settingsAs } from './servers/database-logins';
import { type OtherWriter, SqlConnections } from './servers/sql-connections';
import { loadSettings } from './native/settings';
import { reservePorts } from './ports';
import { type Hosted, type HostedStart, startHosted } from './processes/system-host';

/** The password of every test user. */
export const PASSWORD = 'correct horse battery staple';

const ADMINISTRATOR = { email: 'admin@example.com', password: 'the first administrator' };

export interface SystemOptions {
  /** Environment variables in addition to those of a test system. */
  env?: NodeJS.ProcessEnv;
  /** Replicas of the API, all with one auth server. */
  replicas?: number;
}

export interface SignedInUser {
  id: string;
  email: string;
  accessToken: string;
  refreshToken: string;
  /** Calls the API with the user's access token. */
  caller: Caller;
}

/** An OAuth client with a token. */
export interface TestClient {
  clientId: string;
  accessToken: string;
  /** Calls the API with this token. */
  caller: Caller;
}

/** One replica of the API. */
export interface Replica extends Hosted {
  url: string;
}

/** What a system consists of before its processes run. */
export interface SystemParts {
  settings: Settings;
  database: TestDatabase;
  apiPorts: number[];
}

/** Both processes on real ports with a separate database. */
export class System {
  /** With the owner of the database; each process has its own login. */
  readonly settings: Settings;
  readonly database: TestDatabase;
  readonly replicas: Replica[] = [];
  private readonly apiPorts: number[];
  private readonly sql: SqlConnections;
  private authServer: Hosted | null = null;
  private count = 0;
  /** Of the users of this system, by e-mail address. */
  private readonly passwords = new Map<string, string>();

  protected constructor({ settings, database, apiPorts }: SystemParts) {
    this.settings = settings;
    this.database = database;
    this.apiPorts = apiPorts;
    this.sql = new SqlConnections(database.url);
  }

  static async start(options: SystemOptions = {}): Promise<System> {
    return new System(await prepareSystem(options)).launch();
  }

  async stop(): Promise<void> {
    for (const replica of this.replicas) await replica.stop();
    await this.stopAuthServer();
    await this.sql.end();
    await this.database.drop();
  }

  async startAuthServer(): Promise<void> {
    this.authServer = await this.launchAuthServer({
      settings: settingsAs('authServer', this.settings),
      port: this.settings.authPort,
    });
  }

  /** From now on nothing answers at its address. */
  async stopAuthServer(): Promise<void> {
    await this.authServer?.stop();
    this.authServer = null;
  }

  /** Of the first replica. */
  get apiUrl(): string {
    return this.replicas[0]!.url;
  }

  asAnonymous(): Caller {
    return new Caller(this.apiUrl);
  }

  /** Signs up a new user, or one with the given values. The role can be one of a feature. */
  async asUser(given: { email?: string; name?: string; role?: Role } = {}): Promise<SignedInUser> {
    this.count += 1;
    const { email = `user-${this.count}@example.com`, name = `User ${this.count}`, role } = given;
    const body = { email, name, password: PASSWORD };
    const answer = await this.asAnonymous().post<SignedIn>('/api/v1/auth/sign-up', body);
    if (answer.status !== 201) throw new Error(`sign-up: ${JSON.stringify(answer.body)}`);
    const { user } = answer.body;
    this.passwords.set(user.email, PASSWORD);
    if (role) await this.query(`UPDATE "user" SET role = $2 WHERE id = $1`, [user.id, role]);
    return this.toSignedInUser(answer.body);
  }

  /** The first administrator, with a new sign-in. */
  asAdmin(): Promise<SignedInUser> {
    return this.signIn(ADMINISTRATOR);
  }

  /** A further administrator. */
  asNewAdmin(): Promise<SignedInUser> {
    return this.asUser({ role: 'admin' });
  }

  async signIn(body: { email: string; password: string }): Promise<SignedInUser> {
    const answer = await this.asAnonymous().post<SignedIn>('/api/v1/auth/sign-in', body);
    if (answer.status !== 200) throw new Error(`sign-in: ${JSON.stringify(answer.body)}`);
    this.passwords.set(answer.body.user.email, body.password);
    return this.toSignedInUser(answer.body);
  }

  /**
   * An OAuth client that acts for a user, with the scopes that the user has granted. The user signs
   * in for it, so it has a session of its own.
   */
  async asClient(
    user: SignedInUser,
    scopes: readonly string[],
    { firstParty = false } = {},
  ): Promise<TestClient> {
    const redirectUris = [CALLBACK_URL];
    const client = { type: 'public', scopes, redirectUris, firstParty };
    const { clientId } = await this.registerClient(client);
    const { authUrl } = this.settings;
    const { email } = user;
    const password = this.passwords.get(email)!;
    const tokens = await obtainUserToken({ authUrl, clientId, email, password, scopes });
    return this.toTestClient(clientId, tokens);
  }

  /** A service account with scopes of the API. */
  async asServiceAccount(scopes: readonly string[]): Promise<TestClient> {
    const client = await this.registerClient({ type: 'machine', scopes });
    const { clientId, clientSecret = '' } = client;
    const { authUrl } = this.settings;
    const tokens = await obtainServiceAccountToken(authUrl, { clientId, clientSecret });
    return this.toTestClient(clientId, tokens);
  }

  /** A statement of another writer with access to the database. */
  query<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.sql.query(sql, parameters);
  }

  /** The answer of a request that waits for another writer, who then commits. */
  duringChange<Answer>(by: OtherWriter, request: () => Promise<Answer>): Promise<Answer> {
    return this.sql.during(by, request);
  }

  protected async launch(): Promise<this> {
    try {
      await this.startAuthServer();
      for (const port of this.apiPorts) this.replicas.push(await this.startReplica(port));
    } catch (error) {
      await this.stop();
      throw error;
    }
    return this;
  }

  protected launchAuthServer(start: HostedStart): Promise<Hosted> {
    return startHosted('auth', start);
  }

  protected launchReplica(start: HostedStart): Promise<Hosted> {
    return startHosted('api', start);
  }

  private toSignedInUser({ accessToken, refreshToken, user }: SignedIn): SignedInUser {
    const caller = new Caller(this.apiUrl, accessToken);
    return { id: user.id, email: user.email, accessToken, refreshToken, caller };
  }

  /** As the first administrator. */
  private async registerClient(given: object): Promise<NewClient> {
    const { caller } = await this.asAdmin();
    const body = { name: 'A client of a test', ...given };
    const answer = await caller.post<NewClient>('/api/v1/admin/clients', body);
    if (answer.status !== 201) throw new Error(`client: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  private toTestClient(clientId: string, { access_token: accessToken }: TokenResponse): TestClient {
    return { clientId, accessToken, caller: new Caller(this.apiUrl, accessToken) };
  }

  private async startReplica(port: number): Promise<Replica> {
    const settings = settingsAs('api', this.settings);
    const { stop } = await this.launchReplica({ settings, port });
    return { url: `http://localhost:${port}`, stop };
  }
}

/** A database of its own, ports and settings. */
export async function prepareSystem({ env = {}, replicas = 1 }: SystemOptions) {
  const database = await createTestDatabase();
  const [authPort, ...apiPorts] = await reservePorts(1 + replicas);
  const environment = testEnvironment({
    database,
    authPort: authPort!,
    apiPort: apiPorts[0]!,
    env,
  });
  return { settings: loadSettings(environment, 'auth'), database, apiPorts };
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
    ...hashCost(parts.env),
    ...parts.env,
  };
}
