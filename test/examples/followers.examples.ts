import { AUDIENCE, Fleet, STATED_MS } from './fleet';
import { measure, ROUNDS } from './rounds';
import type { SigningKey } from '../support/signing-key';
import { eventually } from '../support/eventually';

let fleet: Fleet;
/** One that stays published, and one for each round that withdraws its key. */
let keys: SigningKey[];

beforeAll(async () => {
  fleet = await Fleet.start();
  keys = await fleet.publishKeys(1 + ROUNDS);
});

afterAll(() => fleet.stop());

describe('a token', () => {
  it('is accepted when the auth server has issued it to a client or to a service account', async () => {
    const { user, browser } = await fleet.oauth.user();
    const app = await fleet.oauth.register({ type: 'public', scopes: ['openid', 'orders:read'] });
    const parameters = { scope: 'openid orders:read', resource: AUDIENCE };
    const tokens = await fleet.oauth.tokens(app, browser, parameters);
    await fleet.expectAll('/orders', tokens.access_token, 200);
    const job = await fleet.oauth.register({ type: 'machine', scopes: ['orders:read'] });
    const { body } = await fleet.oauth.serviceAccountToken(job, { resource: AUDIENCE });
    await fleet.expectAll('/orders', body.access_token, 200);
    await fleet.expectAll('/orders', user.accessToken, 401);
  });

  it('is accepted when a key signed it that was published later', async () => {
    await eventually(async () =>
      fleet.expectAll('/orders', await keys[0]!.sign(fleet.claims()), 200),
    );
  });

  it.each<[string, (key: SigningKey) => Promise<string> | string | undefined]>([
    ['is missing', () => undefined],
    ['is no JWT', () => 'e30.e30.'],
    ['is for another audience', (key) => key.sign(fleet.claims({ aud: 'https://other.example' }))],
    ['is of another issuer', (key) => key.sign(fleet.claims({ iss: 'https://other.example' }))],
    ['has expired', (key) => key.sign(fleet.claims({ exp: Math.floor(Date.now() / 1_000) - 60 }))],
    ['has no expiry', (key) => key.sign(fleet.claims({ exp: undefined }))],
    ['has no issue time', (key) => key.sign(fleet.claims({ iat: undefined }))],
    ['belongs to no session', (key) => key.sign(fleet.claims({ sid: undefined }))],
    ['has no key id', (key) => key.sign(fleet.claims(), { kid: undefined })],
    ['names an unknown key', (key) => key.sign(fleet.claims(), { kid: 'unknown' })],
    ['has a signature of another key', (key) => keys[1]!.sign(fleet.claims(), { kid: key.kid })],
    ['is not signed', ({ kid }) => `${encode({ alg: 'none', kid })}.${encode(fleet.claims())}.`],
  ])('is refused when it %s', async (_condition, make) => {
    await fleet.expectAll('/orders', await make(keys[0]!), 401);
  });

  it('opens what its scopes allow, and not more than the role of its user', async () => {
    const [user, admin] = [await fleet.member(), await fleet.member('admin')];
    await fleet.expectAll('/reports', user.token, 403);
    await fleet.expectAll('/reports', admin.token, 200);
    await fleet.expectAll('/orders', await fleet.key.sign(fleet.claims({ scope: 'openid' })), 403);
  });
});

describe('access ends in every backend', () => {
  it('after a ban', () =>
    measure(fleet, 'ban', async () => {
      const { id, token } = await fleet.member();
      const change = () => fleet.run(`UPDATE "user" SET banned = true WHERE id = $1`, id);
      return { path: '/orders', token, expected: 401, change };
    }));

  it('after the end of a session', () =>
    measure(fleet, 'session ended', async () => {
      const { sessionId, token } = await fleet.member();
      const change = () => fleet.run('DELETE FROM session WHERE id = $1', sessionId);
      return { path: '/orders', token, expected: 401, change };
    }));

  it('after a demotion, for what the new role does not allow', () =>
    measure(fleet, 'demotion', async () => {
      const { id, token } = await fleet.member('admin');
      const change = () => fleet.run(`UPDATE "user" SET role = 'user' WHERE id = $1`, id);
      return { path: '/reports', token, expected: 403, change };
    }));

  it('after a client is disabled', () =>
    measure(fleet, 'client disabled', async () => {
      const client = await fleet.oauth.register({ type: 'machine', scopes: ['orders:read'] });
      const { body } = await fleet.oauth.serviceAccountToken(client, { resource: AUDIENCE });
      const change = () =>
        fleet.run('UPDATE oauth_client SET disabled = true WHERE client_id = $1', client.clientId);
      return { path: '/orders', token: body.access_token, expected: 401, change };
    }));

  it('after a grant has ended', () =>
    measure(fleet, 'grant ended', async () => {
      // In the second of the change, a backend asks introspection.
      const { sessionId, token } = await fleet.member('user', { iat: agoInSeconds(2) });
      const change = () => fleet.run('DELETE FROM oauth_grant WHERE session_id = $1', sessionId);
      return { path: '/orders', token, expected: 401, change };
    }));

  it('after a key is withdrawn', () =>
    measure(fleet, 'key withdrawn', async (index) => {
      const key = keys[1 + index]!;
      const change = () => fleet.run('DELETE FROM jwks WHERE id = $1', key.kid);
      return { path: '/orders', token: await key.sign(fleet.claims()), expected: 401, change };
    }));
});

describe('what the events leave in doubt', () => {
  const narrowClient = () =>
    fleet.run(
      `UPDATE oauth_client SET scopes = scopes - 'profile' WHERE client_id = $1`,
      fleet.clientId,
    );

  it('is asked: a token is in force after its client has lost another scope', async () => {
    const { token } = await fleet.member();
    await fleet.expectAll('/orders', token, 200);
    await narrowClient();
    const marker = await fleet.member();
    await fleet.run('DELETE FROM session WHERE id = $1', marker.sessionId);
    // The stream is in order: the backends know of the client when they know of the session.
    await eventually(() => fleet.expectAll('/orders', marker.token, 401));
    await fleet.expectAll('/orders', token, 200);
  });

  it('is asked: a token that lives longer than a backend remembers, also of a banned user', async () => {
    const exp = agoInSeconds(-7_200);
    const [banned, other] = [
      await fleet.member('user', { exp }),
      await fleet.member('user', { exp }),
    ];
    await fleet.expectAll('/orders', banned.token, 200);
    await fleet.run(`UPDATE "user" SET banned = true WHERE id = $1`, banned.id);
    await eventually(() => fleet.expectAll('/orders', banned.token, 401));
    await fleet.expectAll('/orders', other.token, 200);
  });

  it('is refused without introspection: what was issued before a restart after a change', async () => {
    const tokenOf = async (iat: number, exp = agoInSeconds(-600)) =>
      (await fleet.member('user', { iat, exp })).token;
    const before = await tokenOf(agoInSeconds(0));
    const later = await fleet.startLater();
    try {
      await later.expectAll('/orders', before, 401);
      // Later than the three seconds after the start that are in doubt too.
      await later.expectAll('/orders', await tokenOf(agoInSeconds(-10)), 200);
      await later.expectAll('/orders', await tokenOf(agoInSeconds(-10), agoInSeconds(-7_200)), 401);
    } finally {
      await later.stopProcesses();
    }
  });
});

describe('without a complete stream', () => {
  it('every backend asks about each token, and knows afterwards what has happened', async () => {
    const [banned, other] = [await fleet.member(), await fleet.member()];
    await fleet.expectAll('/orders', banned.token, 200);
    await fleet.api.cut();
    await fleet.run(`UPDATE "user" SET banned = true WHERE id = $1`, banned.id);
    expect(await fleet.answersAfter(STATED_MS, banned)).not.toContain(200);
    await fleet.expectNotCurrent();
    await fleet.expectAll('/orders', banned.token, 401);
    await fleet.expectAll('/orders', other.token, 200);
    await fleet.expectAll('/reports', other.token, 403);
    await fleet.api.restore();
    await fleet.untilCurrent();
    await fleet.expectAll('/orders', banned.token, 401);
    await fleet.expectAll('/orders', other.token, 200);
  });
});

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function agoInSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1_000) - seconds;
}
