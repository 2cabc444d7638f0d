import { generateKeyPair } from 'jose';
import { Browser } from './browser';
import { APP, dance, NEW_HERE, WELCOME, whoIs } from './dance';
import { DISCOVERY, EDGE_SETTINGS, FORGER, ProviderEdge } from './provider-edge';
import { eventually } from '../support/eventually';
import { InProcessSystem } from '../support/in-process-system';

let edge: ProviderEdge;
let system: InProcessSystem;
let authUrl: string;

beforeAll(async () => {
  edge = await ProviderEdge.start();
  system = await InProcessSystem.start({ env: { TRUSTED_ORIGINS: APP, ...EDGE_SETTINGS } });
  ({ authUrl } = system.settings);
});

afterAll(async () => {
  await system?.stop();
  await edge?.stop();
});

beforeEach(() => {
  edge.claims = {};
  edge.sign = (claims) => edge.signWith(claims);
  edge.silent.clear();
  edge.breakingOff.clear();
  edge.discovery = DISCOVERY;
});

const providersOf = async (email: string) => {
  const rows = await system.query<{ provider_id: string }>(
    `SELECT provider_id FROM account a JOIN "user" u ON u.id = a.user_id
      WHERE u.email = $1 ORDER BY 1`,
    [email],
  );
  return rows.map((row) => row.provider_id);
};

const atGoogle = (email: string, email_verified = true) => {
  const sub = `google-${email.replaceAll('\0', '')}`;
  edge.claims = { sub, email, email_verified, name: 'Ada' };
};

const atGitHub = (email: string, verified = true) => {
  const id = Buffer.from(email).reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7);
  edge.github = {
    user: { id, login: 'ada', name: null, email: null, avatar_url: 'https://example.com/a.png' },
    emails: [
      { email: `noreply-${email}`, primary: false, verified: true },
      { email, primary: true, verified },
    ],
  };
};

describe.each([
  ['google', atGoogle, { name: 'Ada' }],
  ['github', atGitHub, { name: 'ada', image: 'https://example.com/a.png' }],
])('%s', (provider, person, profile) => {
  const other = provider === 'google' ? 'github' : 'google';

  it('creates a verified user at the first sign-in and finds the user at the second', async () => {
    const email = `new-${provider}@example.com`;
    person(email);
    const browser = new Browser(APP);
    expect((await dance(browser, { authUrl, provider })).url.href).toBe(NEW_HERE);
    const user = await whoIs(browser, authUrl);
    expect(user).toMatchObject({ email, emailVerified: true, role: 'user', ...profile });
    expect((await dance(new Browser(APP), { authUrl, provider })).url.href).toBe(WELCOME);
    expect(await providersOf(email)).toEqual([provider]);
  });

  it('links the account of another provider when both have verified the e-mail address', async () => {
    const email = `both-${provider}@example.com`;
    (other === 'google' ? atGoogle : atGitHub)(email);
    await dance(new Browser(APP), { authUrl, provider: other });
    person(email);
    expect((await dance(new Browser(APP), { authUrl, provider })).url.href).toBe(WELCOME);
    expect(await providersOf(email)).toEqual(['github', 'google']);
  });

  it.each([
    'no address',
    'a\u0000b@example.com',
    'ren\u00e9@example.com',
    '\u212aelvin@example.com',
    'lone\ud800@example.com',
    `a@${'d.'.repeat(130)}com`,
  ])('creates no account with the e-mail address %j', async (email) => {
    const count = () => system.query('SELECT FROM "user"');
    const before = (await count()).length;
    person(email);
    const browser = new Browser(APP);
    const { url } = await dance(browser, { authUrl, provider });
    expect(url.searchParams.get('error')).toBe('invalid_email');
    expect(await count()).toHaveLength(before);
  });

  it('does not link the address whose first letter is the Kelvin sign, which is a k in lower case', async () => {
    const email = `kate-${provider}@example.com`;
    (other === 'google' ? atGoogle : atGitHub)(email);
    await dance(new Browser(APP), { authUrl, provider: other });
    person(`\u212a${email.slice(1)}`);
    const browser = new Browser(APP);
    const { url } = await dance(browser, { authUrl, provider });
    expect(url.searchParams.get('error')).toBe('invalid_email');
    expect(await whoIs(browser, authUrl)).toBeNull();
    expect(await providersOf(email)).toEqual([other]);
  });

  it('signs its user in when the address there has other characters by now', async () => {
    const email = `moved-${provider}@example.com`;
    person(email);
    await dance(new Browser(APP), { authUrl, provider });
    edge.claims.email = 'ren\u00e9@example.com';
    edge.github.emails = [{ email: 'ren\u00e9@example.com', primary: true, verified: true }];
    const browser = new Browser(APP);
    expect((await dance(browser, { authUrl, provider })).url.href).toBe(WELCOME);
    expect(await whoIs(browser, authUrl)).toMatchObject({ email });
  });

  it('neither links nor creates an account with an unverified e-mail address', async () => {
    const taken = `taken-${provider}@example.com`;
    await system.asUser({ email: taken });
    await system.query(`UPDATE "user" SET email_verified = true WHERE email = $1`, [taken]);
    for (const email of [taken, `fresh-${provider}@example.com`]) {
      person(email, false);
      const browser = new Browser(APP);
      const { url } = await dance(browser, { authUrl, provider });
      expect(url.searchParams.get('error')).toMatch(/^(account_not_linked|email_not_verified)$/);
      expect(await whoIs(browser, authUrl)).toBeNull();
    }
    expect(await providersOf(taken)).toEqual(['credential']);
    expect(await providersOf(`fresh-${provider}@example.com`)).toEqual([]);
  });
});

it('a name from a provider loses the characters that change the direction of text', async () => {
  const email = 'direction@example.com';
  edge.claims = { sub: email, email, email_verified: true, name: '\u2066A\u202ed\u200fa\u2069' };
  const browser = new Browser(APP);
  await dance(browser, { authUrl, provider: 'google' });
  expect(await whoIs(browser, authUrl)).toMatchObject({ email, name: 'Ada' });
});

it.each([
  ['of another issuer', { iss: 'https://evil.example' }],
  ['without an issuer', { iss: undefined }],
  ['for another client', { aud: 'another-client' }],
  ['that has expired', { exp: 1 }],
  ['that never expires', { exp: undefined }],
])('an ID token of Google %s is refused', async (_title, wrong) => {
  atGoogle('wrong@example.com');
  Object.assign(edge.claims, wrong);
  const browser = new Browser(APP);
  const { url } = await dance(browser, { authUrl, provider: 'google' });
  expect(url.searchParams.get('error')).toBe('unable_to_get_user_info');
  expect(await whoIs(browser, authUrl)).toBeNull();
});

describe('an ID token of the OpenID Connect provider', () => {
  const right = { sub: 'somebody', email: 'somebody@example.com', email_verified: true };
  const now = () => Math.floor(Date.now() / 1_000);
  const start = () => ({ authUrl, provider: 'oidc' });

  it('signs its subject in when all claims are valid', async () => {
    edge.claims = right;
    const browser = new Browser(APP);
    await dance(browser, start());
    expect(await whoIs(browser, authUrl)).toMatchObject({ email: right.email });
  });

  it.each([
    ['of another issuer', () => ({ iss: 'https://evil.example' })],
    ['of an issuer with a slash at the end', () => ({ iss: `${FORGER}/` })],
    ['without an issuer', () => ({ iss: undefined })],
    ['for another client', () => ({ aud: 'another-client' })],
    ['that has expired', () => ({ exp: now() - 120 })],
    ['that never expires', () => ({ exp: undefined })],
    ['for another sign-in', () => ({ nonce: 'another' })],
    ['without a nonce', () => ({ nonce: undefined })],
    ['of nobody', () => ({ sub: undefined })],
  ])('is refused %s', async (_title, wrong) => {
    edge.claims = { ...right, ...wrong() };
    await expectRefusal();
  });

  it('is refused with the signature of another key', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    edge.claims = right;
    edge.sign = (claims) => edge.signWith(claims, privateKey);
    await expectRefusal();
  });

  it('is refused with a signature by the client’s secret', async () => {
    const secret = new TextEncoder().encode(EDGE_SETTINGS.OIDC_CLIENT_SECRET.padEnd(32, '!'));
    edge.claims = right;
    edge.sign = (claims) => edge.signWith(claims, secret, 'HS256');
    await expectRefusal();
  });

  it('is refused without a signature', async () => {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    edge.claims = right;
    edge.sign = async (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`;
    await expectRefusal();
  });

  async function expectRefusal(): Promise<void> {
    const browser = new Browser(APP);
    const { url } = await dance(browser, start());
    expect(url.searchParams.get('error')).toBe('unable_to_get_user_info');
    expect(await whoIs(browser, authUrl)).toBeNull();
  }
});

describe('a provider that accepts calls and stays silent, or aborts', () => {
  it('does not delay the response', async () => {
    atGitHub('silence@example.com');
    const cases = [
      ['google', 'https://oauth2.googleapis.com/token', 'invalid_code'],
      ['github', 'https://api.github.com/user', 'unable_to_get_user_info'],
      ['oidc', `${FORGER}/token`, 'invalid_code'],
    ] as const;
    edge.breakingOff.add('https://api.github.com/user');
    const errors = cases.map(async ([provider, address]) => {
      if (provider !== 'github') edge.silent.add(address);
      const { url } = await dance(new Browser(APP), { authUrl, provider });
      return url.searchParams.get('error');
    });
    expect(await Promise.all(errors)).toEqual(cases.map(([, , error]) => error));
  });

  it('does not delay other requests, however many wait for it', async () => {
    // Two places for requests.
    const env = { TRUSTED_ORIGINS: APP, ...EDGE_SETTINGS, DATABASE_POOL_MAX: '1' };
    const small = await InProcessSystem.start({ env });
    try {
      edge.silent.add('https://oauth2.googleapis.com/token');
      edge.ignored = 0;
      const start = { authUrl: small.settings.authUrl, provider: 'google' };
      let ended = 0;
      const dances = [1, 2, 3].map(() =>
        dance(new Browser(APP), start).finally(() => (ended += 1)),
      );
      await eventually(() => expect(edge.ignored).toBe(dances.length));
      expect(await whoIs(new Browser(APP), start.authUrl)).toBeNull();
      expect(ended).toBe(0);
      await Promise.all(dances);
    } finally {
      await small.stop();
    }
  });

  it('does not delay the start, and is used as soon as it responds', async () => {
    edge.silent.add(`${FORGER}/.well-known/openid-configuration`);
    const late = await InProcessSystem.start({ env: { TRUSTED_ORIGINS: APP, ...EDGE_SETTINGS } });
    try {
      const start = { authUrl: late.settings.authUrl, provider: 'oidc' };
      await expect(dance(new Browser(APP), start)).rejects.toThrow(/503.*PROVIDER_UNAVAILABLE/);
      edge.silent.clear();
      edge.claims = { sub: 'late', email: 'late@example.com', email_verified: true };
      expect((await dance(new Browser(APP), start)).url.href).toBe(NEW_HERE);
    } finally {
      await late.stop();
    }
  });
});

describe('with required e-mail verification', () => {
  it('a linked identity does not replace verification', async () => {
    const strict = await InProcessSystem.start({
      env: { TRUSTED_ORIGINS: APP, REQUIRE_EMAIL_VERIFICATION: 'true', ...EDGE_SETTINGS },
    });
    try {
      const start = { authUrl: strict.settings.authUrl, provider: 'google' };
      atGoogle('strict@example.com');
      expect((await dance(new Browser(APP), start)).url.href).toBe(NEW_HERE);
      await strict.query(`UPDATE "user" SET email_verified = false`);
      atGoogle('strict@example.com', false);
      const { url } = await dance(new Browser(APP), start);
      expect(url.searchParams.get('error')).toBe('email_not_verified');
    } finally {
      await strict.stop();
    }
  });
});

describe('a provider with another issuer', () => {
  it('is refused, also when a trailing slash is the only difference', async () => {
    edge.discovery = { ...DISCOVERY, issuer: `${FORGER}/` };
    const log: string[] = [];
    const misled = await InProcessSystem.start({
      env: { TRUSTED_ORIGINS: APP, ...EDGE_SETTINGS },
      log,
    });
    try {
      const start = { authUrl: misled.settings.authUrl, provider: 'oidc' };
      await expect(dance(new Browser(APP), start)).rejects.toThrow(/503.*PROVIDER_UNAVAILABLE/);
      expect(log.join('')).toContain('has another issuer');
    } finally {
      await misled.stop();
    }
  });
});
