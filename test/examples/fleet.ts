import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { BACKENDS, BackendProcess } from './backend-process';
import { makePerson, type Stage } from '../live-access/stage';
import { OAuthStage } from '../oauth/stage';
import { eventually } from '../support/eventually';
import { TcpProxy } from '../support/servers/tcp-proxy';
import { SigningKey } from '../support/signing-key';
import { System } from '../support/system';

/** Longest time that a backend accepts a token whose access has ended, as the documents state. */
export const STATED_MS = 3_000;

/** A system, and every backend of `examples/`. */
export class Fleet {
  private constructor(
    readonly system: System,
    readonly oauth: OAuthStage,
    readonly stage: Stage,
    /** Before the API, as the backends see it. */
    readonly api: TcpProxy,
    readonly backends: readonly BackendProcess[],
  ) {}

  static async start(): Promise<Fleet> {
    const system = await System.start();
    return Fleet.before(system, await TcpProxy.before(system.apiUrl));
  }

  /** Starts the backends alone. */
  static async before(system: System, api: TcpProxy): Promise<Fleet> {
    const oauth = await OAuthStage.on(system);
    const sql = new Client(system.database.url);
    sql.on('error', () => {});
    await sql.connect();
    const { accessToken, refreshToken: sessionToken } = oauth.admin;
    const admin = { accessToken, sessionToken };
    const { authUrl } = system.settings;
    const stage = { authUrl, replicas: [system.apiUrl], sql, admin };
    const env = await settingsOf(oauth, api);
    const backends = await Promise.all(BACKENDS.map((name) => BackendProcess.start(name, env)));
    const fleet = new Fleet(system, oauth, stage, api, backends);
    try {
      await fleet.untilCurrent();
    } catch (error) {
      await fleet.stopBackends();
      throw error;
    }
    return fleet;
  }

  async untilCurrent(): Promise<void> {
    await eventually(async () => {
      const states = await Promise.all(this.backends.map((backend) => backend.isCurrent()));
      if (states.includes(false)) throw new Error(`not current: ${states.join()}`);
    });
  }

  /** Of all backends, in the order of {@link BACKENDS}. */
  statusesOf(path: string, token?: string): Promise<number[]> {
    return Promise.all(this.backends.map((backend) => backend.statusOf(path, token)));
  }

  /** @throws when a backend answers with another status. */
  async expectAll(path: string, token: string | undefined, status: number): Promise<void> {
    const statuses = await this.statusesOf(path, token);
    if (statuses.some((one) => one !== status)) {
      throw new Error(`${path}: ${statuses.join(', ')}, not ${status}`);
    }
  }

  /** Asks again and again, until half a second after the time. @returns what was answered after it. */
  async answersAfter(milliseconds: number, token: string): Promise<number[]> {
    const began = performance.now();
    const answers: number[] = [];
    for (;;) {
      const askedAfter = performance.now() - began;
      const statuses = await this.statusesOf('/orders', token);
      if (askedAfter > milliseconds) answers.push(...statuses);
      if (askedAfter > milliseconds + 500) return answers;
      await pause(5);
    }
  }

  person(role = 'user') {
    return makePerson(this.stage, { role });
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

  /** Claims of a user's token, as the auth server writes them. */
  claims(changes: object = {}): Record<string, unknown> {
    const { jwtIssuer: iss, jwtAudience: aud } = this.system.settings;
    const now = Math.floor(Date.now() / 1_000);
    const ids = { sub: randomUUID(), sid: randomUUID(), role: 'user' };
    return { iss, aud, ...ids, iat: now - 5, exp: now + 600, ...changes };
  }

  async stop(): Promise<void> {
    await this.stopBackends();
    await this.api.cut();
    await this.system.stop();
  }

  async stopBackends(): Promise<void> {
    await Promise.all(this.backends.map((backend) => backend.stop()));
    await this.stage.sql.end();
  }
}

async function settingsOf(oauth: OAuthStage, api: TcpProxy): Promise<NodeJS.ProcessEnv> {
  const reader = await oauth.register({ type: 'machine', scopes: ['access-events:read'] });
  return {
    API_URL: new URL(api.via(oauth.system.apiUrl)).origin,
    JWT_ISSUER: oauth.issuer,
    JWT_AUDIENCE: oauth.audience,
    JWKS_URL: `${oauth.system.settings.authUrl}/api/auth/jwks`,
    TOKEN_URL: `${oauth.base}/token`,
    CLIENT_ID: reader.clientId,
    CLIENT_SECRET: reader.clientSecret!,
  };
}
