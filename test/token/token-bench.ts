import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { createLogger } from '../../runtime/logger';
import { createTestDatabase } from '../support/database';
import { createApi } from '../support/native/api';
import { loadSettings } from '../support/native/settings';
import { JwksServer } from '../support/servers/jwks-server';
import { reservePorts } from '../support/ports';
import { SigningKey } from '../support/signing-key';
import type { TokenCaseGroup, TokenKit } from '../support/token-cases/token-case';

/** One replica of the API with a key set of the test, and the parts of its tokens. */
export interface TokenBench {
  apiUrl: string;
  app: NestFastifyApplication;
  jwks: JwksServer;
  kit: TokenKit;
  /** Responds to key set requests with the kit's keys. */
  publish(): void;
  stop(): Promise<void>;
}

interface BenchOptions {
  /** The time of tokens and sessions; in seconds. */
  now: number;
  /** Whether the keys exist from the start. */
  published?: boolean;
}

export async function startTokenBench(
  algorithm: TokenCaseGroup['algorithm'],
  { now, published = true }: BenchOptions,
): Promise<TokenBench> {
  const database = await createTestDatabase();
  const jwks = await JwksServer.start();
  const [port] = await reservePorts(1);
  const settings = loadSettings(
    {
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      API_PORT: String(port),
      AUTH_URL: 'https://auth.example.com',
      AUTH_INTERNAL_URL: jwks.url,
      API_URL: 'https://api.example.com',
      JWT_ALGORITHM: algorithm,
    },
    'api',
  );
  const keys = makeKeys(algorithm);
  const publish = () => jwks.publish(keys.published);
  if (published) publish();
  const rows = await insertRows(database.url, now);
  const app = await createApi(
    settings,
    createLogger('api', process.env.TEST_LOG_LEVEL ?? 'silent'),
  );
  await app.listen(port!, '127.0.0.1');
  const { key, nextKey, strangeKey, unfitKeys } = keys;
  const claims = {
    iss: settings.jwtIssuer,
    aud: settings.jwtAudience,
    sub: rows.userId,
    sid: rows.sessionId,
    role: 'user',
    iat: now - 60,
    exp: now + 840,
  };
  return {
    apiUrl: `http://127.0.0.1:${port}`,
    app,
    jwks,
    publish,
    kit: { now, claims, key, nextKey, strangeKey, unfitKeys, ...rows },
    stop: async () => {
      await app.close();
      await jwks.stop();
      await database.drop();
    },
  };
}

function makeKeys(algorithm: string) {
  const [key, nextKey, strangeKey] = [1, 2, 3].map(() => new SigningKey({ alg: algorithm }));
  const unfitKeys: TokenKit['unfitKeys'] = {
    'use is enc': new SigningKey(),
    'key_ops lack verify': new SigningKey(),
    'alg is another one': new SigningKey(),
    'RSA of 1024 bits': new SigningKey({ bits: 1024 }),
    'EC key': new SigningKey({ alg: 'ES256' }),
  };
  const { alg: _alg, ...nextJwk } = nextKey!.jwk;
  const published = [
    key!.jwk,
    { ...nextJwk, use: 'sig', key_ops: ['verify'] },
    { ...unfitKeys['use is enc'].jwk, use: 'enc' },
    { ...unfitKeys['key_ops lack verify'].jwk, key_ops: ['wrapKey'] },
    { ...unfitKeys['alg is another one'].jwk, alg: 'RS384' },
    unfitKeys['RSA of 1024 bits'].jwk,
    unfitKeys['EC key'].jwk,
  ];
  return { key: key!, nextKey: nextKey!, strangeKey: strangeKey!, unfitKeys, published };
}

/** A user with a valid and an expired session, and another user's session. */
async function insertRows(databaseUrl: string, now: number) {
  const [userId, otherId, sessionId, otherSessionId, expiredSessionId] = Array.from(
    { length: 5 },
    () => randomUUID() as string,
  ) as [string, string, string, string, string];
  const client = new Client(databaseUrl);
  await client.connect();
  for (const id of [userId, otherId]) {
    const user = [id, 'A Person', `${id}@example.com`];
    await client.query('INSERT INTO "user" (id, name, email) VALUES ($1, $2, $3)', user);
  }
  for (const [id, owner, seconds] of [
    [sessionId, userId, 86_400],
    [expiredSessionId, userId, -60],
    [otherSessionId, otherId, 86_400],
  ] as const) {
    await client.query(
      'INSERT INTO session (id, user_id, token, expires_at) VALUES ($1, $2, $1, $3)',
      [id, owner, new Date((now + seconds) * 1_000)],
    );
  }
  const clients = {
    clientId: 'client',
    poorClientId: 'poor',
    disabledClientId: 'disabled',
    ungrantedClientId: 'ungranted',
    regrantedClientId: 'regranted',
  };
  for (const id of Object.values(clients)) {
    const scopes = JSON.stringify(id === 'poor' ? ['openid'] : ['openid', 'profile']);
    await client.query(
      `INSERT INTO oauth_client (id, client_id, redirect_uris, scopes, disabled)
       VALUES ($1, $1, '[]', $2, $3)`,
      [id, scopes, id === 'disabled'],
    );
    if (id === 'ungranted') continue;
    await client.query(
      'INSERT INTO oauth_grant (session_id, client_id, granted_at) VALUES ($1, $2, $3)',
      [sessionId, id, new Date(id === 'regranted' ? (now + 60) * 1_000 : 0)],
    );
  }
  await client.end();
  return { userId, sessionId, otherSessionId, expiredSessionId, ...clients };
}
