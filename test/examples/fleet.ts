import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { BACKENDS, BackendProcess } from './backend-process';
import { type AccessFixture, makePerson } from '../live-access/access-fixture';
import { OAuthStage } from '../oauth/stage';
import { eventually } from '../support/eventually';
import { TcpProxy } from '../support/servers/tcp-proxy';
import { SigningKey } from '../support/signing-key';
import { System } from '../support/system';

/** Longest time that a backend accepts a token whose access has ended, as the documents state. */
export const STATED_MS = 3_000;

/** A backend compiles its code when it starts; a busy host needs a minute. */
export const START_LIMIT_MS = 120_000;

/** For half a minute. */
const MOST_ATTEMPTS = 150;

/** The resource of the backends: the audience of their tokens. */
export const AUDIENCE = 'https://orders.example.com';
const SCOPE = 'orders:read';

/** A user with a session in which a client acts, and a token of that client for the backends. */
export interface Member {
  id: string;
  sessionId: string;
  token: string;
}

/** A system, and every backend of `examples/`. */
export class Fleet {
  private constructor(
    readonly system: System,
    readonly oauth: OAuthStage,
    readonly stage: AccessFixture,
    /** Before the API, as the backends see it. */
    readonly api: TcpProxy,
    readonly backends: readonly BackendProcess[],
    /** Acts for each user. */
    readonly clientId: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Published: signs what the auth server would sign. */
  key!: SigningKey;

  static async start(): Promise<Fleet> {
    const system = await System.start();
    return Fleet.before(system, await TcpProxy.before(system.apiUrl));
  }

  /** Starts the backends alone. */
  static async before(system: System, api: TcpProxy): Promise<Fleet> {
    const oauth = await OAuthStage.on(system);
    const sql = await connect(system.database.url);
    const { accessToken, refreshToken: sessionToken } = oauth.admin;
    const admin = { accessToken, sessionToken };
    const { authUrl } = system.settings;
    const stage = { authUrl, replicas: [system.apiUrl], sql, admin };
    const env = await settingsOf(oauth, api);
    const client = await oauth.register({ type: 'public', scopes: ['openid', 'profile', SCOPE] });
    const backends = await Promise.all(BACKENDS.map((name) => BackendProcess.start(name, env)));
    const fleet = new Fleet(system, oauth, stage, api, backends, client.clientId, env);
    try {
      fleet.key = (await fleet.publishKeys(1))[0]!;
      await fleet.untilCurrent(START_LIMIT_MS);
    } catch (error) {
      await fleet.stopBackends();
      throw error;
    }
    return fleet;
  }

  /** Further backends, which know only the events of the past, and ask no introspection. */
  async startLater(): Promise<Fleet> {
    const env = { ...this.env, INTROSPECTION_URL: undefined };
    const backends = await Promise.all(BACKENDS.map((name) => BackendProcess.start(name, env)));
    const { system, oauth, stage, api, clientId, key } = this;
    const later = new Fleet(system, oauth, stage, api, backends, clientId, env);
    later.key = key;
    await later.untilCurrent(START_LIMIT_MS);
    return later;
  }

  /** After a restart of the database. */
  async connectAgain(): Promise<void> {
    await this.stage.sql.end();
    this.stage.sql = await connect(this.system.database.url);
  }

  async untilCurrent(limitMs?: number): Promise<void> {
    await eventually(async () => {
      const states = await Promise.all(this.backends.map((backend) => backend.isCurrent()));
      if (states.includes(false)) throw new Error(`not current: ${states.join()}`);
    }, limitMs);
  }

  /** @throws when a backend says that its stream is complete. */
  async expectNotCurrent(): Promise<void> {
    const states = await Promise.all(this.backends.map((backend) => backend.isCurrent()));
    if (states.includes(true)) throw new Error(`current: ${states.join()}`);
  }

  /** Of all backends, in the order of {@link BACKENDS}. */
  statusesOf(path: string, token?: string): Promise<number[]> {
    return Promise.all(this.backends.map((backend) => backend.statusOf(path, token)));
  }

  /**
   * @throws when a backend answers with another status. On a busy host a stream is late for some
   * seconds: a backend that then knows nothing of the token (503) is asked again.
   */
  async expectAll(path: string, token: string | undefined, status: number): Promise<void> {
    for (let left = MOST_ATTEMPTS; ; left -= 1) {
      const statuses = await this.statusesOf(path, token);
      if (statuses.every((one) => one === status)) return;
      const isLate = statuses.every((one) => one === status || one === 503);
      if (!isLate || left === 0) throw new Error(`${path}: ${statuses.join(', ')}, not ${status}`);
      await pause(200);
    }
  }

  /** Asks again and again, until half a second after the time. @returns what was answered after it. */
  async answersAfter(
    milliseconds: number,
    { token, path = '/orders' }: { token: string; path?: string },
  ): Promise<number[]> {
    const began = performance.now();
    const answers: number[] = [];
    for (;;) {
      const askedAfter = performance.now() - began;
      const statuses = await this.statusesOf(path, token);
      if (askedAfter > milliseconds) answers.push(...statuses);
      if (askedAfter > milliseconds + 500) return answers;
      await pause(20);
    }
  }

  async member(role = 'user', times: object = {}): Promise<Member> {
    const { id, sessionId } = await makePerson(this.stage, { role });
    await this.run(
      'INSERT INTO oauth_grant (session_id, client_id) VALUES ($1, $2)',
      sessionId,
      this.clientId,
    );
    const claims = this.claims({ sub: id, sid: sessionId, role, ...times });
    return { id, sessionId, token: await this.key.sign(claims) };
  }

  async run(statement: string, ...values: unknown[]): Promise<void> {
    const { rowCount } = await this.stage.sql.query(statement, values);
    if (rowCount === 0) throw new Error(`no row: ${statement}`);
  }

  /** Published keys in addition to that of the auth server, which cannot sign with them. */
  async publishKeys(count: number): Promise<SigningKey[]> {
    const keys = Array.from({ length: count }, () => new SigningKey());
    for (const { kid, jwk } of keys) {
      await this.run(
        `INSERT INTO jwks (id, public_key, private_key, alg, created_at)
         VALUES ($1, $2, '"none"', 'RS256', now() - interval '1 minute')`,
        kid,
        JSON.stringify(jwk),
      );
    }
    return keys;
  }

  /** Claims of a token of the client, as the auth server writes them. */
  claims(changes: object = {}): Record<string, unknown> {
    const { clientId: client_id, oauth } = this;
    const now = Math.floor(Date.now() / 1_000);
    const ids = { sub: randomUUID(), sid: randomUUID(), role: 'user', client_id, scope: SCOPE };
    return { iss: oauth.issuer, aud: AUDIENCE, ...ids, iat: now, exp: now + 600, ...changes };
  }

  async stop(): Promise<void> {
    await this.stopBackends();
    await this.api.cut();
    await this.system.stop();
  }

  async stopBackends(): Promise<void> {
    await this.stopProcesses();
    await this.stage.sql.end();
  }

  async stopProcesses(): Promise<void> {
    await Promise.all(this.backends.map((backend) => backend.stop()));
  }
}

async function connect(url: string): Promise<Client> {
  const client = new Client(url);
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function settingsOf(oauth: OAuthStage, api: TcpProxy): Promise<NodeJS.ProcessEnv> {
  const reader = await oauth.register({ type: 'machine', scopes: ['access-events:read'] });
  const resource = {
    identifier: AUDIENCE,
    name: 'Orders',
    scopes: [{ name: SCOPE, description: 'see your orders' }],
    clients: [reader.clientId],
  };
  const { status, body } = await oauth.clients.post('/api/v1/admin/resources', resource);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return {
    API_URL: new URL(api.via(oauth.system.apiUrl)).origin,
    JWT_ISSUER: oauth.issuer,
    JWT_AUDIENCE: AUDIENCE,
    JWKS_URL: `${oauth.system.settings.authUrl}/api/auth/jwks`,
    TOKEN_URL: `${oauth.base}/token`,
    INTROSPECTION_URL: `${oauth.system.apiUrl}/api/auth/oauth2/introspect`,
    CLIENT_ID: reader.clientId,
    CLIENT_SECRET: reader.clientSecret!,
  };
}
