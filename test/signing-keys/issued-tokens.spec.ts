import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JWK } from 'jose';
import {
  startAuthServer,
  type RunningAuthServer,
  type SignedIn,
} from '../support/auth-server/harness';

const ISSUER = 'http://localhost:3000';
const AUDIENCE = 'http://localhost:8000';

let server: RunningAuthServer;
let user: SignedIn;
let users = 0;

async function start(env: NodeJS.ProcessEnv = {}) {
  server = await startAuthServer(env);
  await signUp();
}

async function signUp() {
  user = await server.signUp(`user${(users += 1)}@example.com`);
}

async function tokenOf({ bearer }: Pick<SignedIn, 'bearer'>): Promise<string> {
  const { body } = await server.get('/api/auth/token', bearer).expect(200);
  return body.token;
}

/** The session token with its signature, as the API hands it out. */
function signedBearer({ cookie }: SignedIn): SignedIn['bearer'] {
  return { authorization: `Bearer ${decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1))}` };
}

async function publishedKeys() {
  const { body } = await server.get('/api/auth/jwks').expect(200);
  return body.keys as JWK[];
}

async function verify(token: string) {
  const keys = createLocalJWKSet({ keys: await publishedKeys() });
  return jwtVerify(token, keys, { issuer: ISSUER, audience: AUDIENCE });
}

describe('an access token', () => {
  afterEach(() => server.stop());

  it.each(['RS256', 'ES256', 'PS256'])('is signed with %s when that is set', async (algorithm) => {
    await start({ JWT_ALGORITHM: algorithm });
    const token = await tokenOf(user);
    const keys = await publishedKeys();
    expect(decodeProtectedHeader(token)).toEqual({ alg: algorithm, kid: keys[0]!.kid });
    await expect(verify(token)).resolves.toBeDefined();
  });

  it('contains user, session, role and times, and no other claim', async () => {
    await start({ JWT_TTL: '5m' });
    const { payload, protectedHeader } = await verify(await tokenOf(user));
    const signed = await verify(await tokenOf({ bearer: signedBearer(user) }));
    const times = { iat: expect.any(Number), exp: expect.any(Number) };
    expect(signed).toMatchObject({ payload: { ...payload, ...times }, protectedHeader });
    const { rows } = await server.sql.query(
      'SELECT id, created_at FROM session WHERE user_id = $1',
      [user.userId],
    );
    expect(payload).toEqual({
      iss: ISSUER,
      aud: AUDIENCE,
      sub: user.userId,
      sid: rows[0].id,
      role: 'user',
      auth_time: Math.floor(rows[0].created_at.getTime() / 1_000),
      amr: ['pwd'],
      iat: expect.any(Number),
      exp: payload.iat! + 300,
    });
  });

  it('has the role at the time of issue', async () => {
    await start();
    await server.sql.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [user.userId]);
    const { payload } = await verify(await tokenOf(user));
    expect(payload.role).toBe('admin');
  });
});

describe('an issuer with a path', () => {
  const JWT_ISSUER = 'https://issuer.example/tenant';
  beforeAll(() => start({ JWT_ISSUER, JWT_AUDIENCE: 'urn:gatehouse:api' }));
  afterAll(() => server.stop());

  it('is the issuer of tokens for every Host header, with the configured audience', async () => {
    const forged = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    };
    const { body } = await server.get('/api/auth/token', { ...user.bearer, ...forged }).expect(200);
    const [, payload] = body.token.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      iss: JWT_ISSUER,
      aud: 'urn:gatehouse:api',
    });
  });

  it.each([
    // RFC 8414, section 3.1; OpenID Connect Discovery 1.0, section 4.1; SSF 1.0, section 7.2.
    '/.well-known/oauth-authorization-server/tenant',
    '/tenant/.well-known/openid-configuration',
    '/.well-known/ssf-configuration/tenant',
  ])('has metadata at %s', async (path) => {
    const { body } = await server.get(path).expect(200);
    expect(body.issuer).toBe(JWT_ISSUER);
  });
});

describe('the session behind a token', () => {
  beforeAll(() => start());
  beforeEach(() => signUp());
  afterAll(() => server.stop());

  it.each([
    ['deleted', 'DELETE FROM session'],
    ['expired', `UPDATE session SET expires_at = now() - interval '1 second'`],
  ])('returns no token as soon as its row is %s', async (_title, statement) => {
    await tokenOf(user);
    await server.sql.query(statement);
    const refused = { code: 'UNAUTHORIZED', message: 'Unauthorized' };
    await server.get('/api/auth/token', user.bearer).expect(401, refused);
    await server.get('/api/auth/token', { cookie: user.cookie }).expect(401, refused);
    await server.get('/api/auth/token', signedBearer(user)).expect(401, refused);
  });

  it('returns no token for a session token with a signature of another one', async () => {
    const [, signature] = signedBearer(user).authorization.split('.');
    const stranger = user;
    await signUp();
    const forged = `Bearer ${user.sessionToken}.${signature}`;
    await server.get('/api/auth/token', { authorization: forged }).expect(401);
    await tokenOf({ bearer: signedBearer(stranger) });
  });

  it('ends with a ban, and stays ended after the ban', async () => {
    const ban = `UPDATE "user" SET banned = true, ban_expires = now() + $1::interval WHERE id = $2`;
    await server.sql.query(ban, ['1 hour', user.userId]);
    await server.get('/api/auth/token', user.bearer).expect(401);
    await server.sql.query(ban, ['-1 second', user.userId]);
    await server.get('/api/auth/token', user.bearer).expect(401);
  });

  it('is not in a cookie with a longer lifetime', async () => {
    const { headers } = await server.get('/api/auth/get-session', user.bearer).expect(200);
    expect(headers['set-cookie']).toBeUndefined();
  });

  it.each([
    ['a session token', (of: SignedIn) => of.bearer],
    ['a signed session token', signedBearer],
  ])('is extended by %s one day after its last extension', async (_title, bearerOf) => {
    const bearer = bearerOf(user);
    const remaining = async () => {
      const { rows } = await server.sql.query(
        'SELECT extract(epoch FROM expires_at - now())::int AS seconds FROM session WHERE user_id = $1',
        [user.userId],
      );
      return rows[0].seconds / 86_400;
    };
    await server.sql.query(`UPDATE session SET expires_at = now() + interval '6 days 1 hour'`);
    await tokenOf({ bearer });
    expect(await remaining()).toBeLessThan(6.1);
    await server.sql.query(`UPDATE session SET expires_at = now() + interval '5 days 23 hours'`);
    await tokenOf({ bearer });
    expect(await remaining()).toBeGreaterThan(6.9);
  });
});

describe('the signing keys', () => {
  beforeEach(() => start());
  afterEach(() => server.stop());

  it('exist before the first request, and are published without private parts', async () => {
    expect(await publishedKeys()).toEqual([
      { alg: 'RS256', kty: 'RSA', kid: expect.any(String), n: expect.any(String), e: 'AQAB' },
    ]);
    const [{ n }] = (await publishedKeys()) as [{ n: string }];
    expect(Buffer.from(n, 'base64url').length * 8).toBeGreaterThanOrEqual(2048);
  });

  it('are encrypted in the database', async () => {
    const { rows } = await server.sql.query('SELECT private_key FROM jwks');
    expect(rows[0].private_key).not.toMatch(/"d"|"p"|kty/);
  });

  it('rotate once under parallel requests, and the old key stays published', async () => {
    const old = await tokenOf(user);
    await server.sql.query(`UPDATE jwks SET expires_at = now() - interval '1 second'`);
    const tokens = await Promise.all(Array.from({ length: 10 }, () => tokenOf(user)));
    const kids = new Set(tokens.map((token) => decodeProtectedHeader(token).kid));
    expect(kids.size).toBe(1);
    expect(await publishedKeys()).toHaveLength(2);
    await expect(verify(old)).resolves.toBeDefined();
    await server.sql.query(
      `UPDATE jwks SET expires_at = now() - interval '31 days' WHERE expires_at < now()`,
    );
    expect(await publishedKeys()).toHaveLength(1);
    await expect(verify(old)).rejects.toThrow('no applicable key found');
  });

  it('have the configured algorithm, also after a change of it', async () => {
    await server.sql.query(`UPDATE jwks SET alg = 'ES256'`);
    expect(decodeProtectedHeader(await tokenOf(user)).alg).toBe('RS256');
    expect((await publishedKeys()).map(({ alg }) => alg)).toEqual(['RS256']);
  });

  it('are recreated by the readiness check when none exists', async () => {
    await server.sql.query('DELETE FROM jwks');
    await server.get('/health/ready').expect(200);
    const { rows } = await server.sql.query('SELECT id FROM jwks');
    expect(rows).toHaveLength(1);
  });
});
