import fc from 'fast-check';
import { SETTING_DEFINITIONS, type SettingName } from './definitions';
import type { ProcessName } from './definitions';
import { warnOfLoopbackUrls } from './loopback-urls';
import { loadSettings, SettingsError, type SettingProblem } from './load';
import { SEED } from '../../test/fuzz/seed';

const DATABASE = 'postgres://gatehouse:s%40cret@db:5432/gatehouse';

const DEVELOPMENT = {
  DATABASE_URL: DATABASE,
  BETTER_AUTH_SECRET: 'for tests only: 0123456789 abcdefghijklm',
  INTERNAL_SECRET: 'for tests only: nopqrstuvwxyz 9876543210',
};

const PRODUCTION = {
  ...DEVELOPMENT,
  NODE_ENV: 'production',
  AUTH_URL: 'https://auth.example.com',
  API_URL: 'https://api.example.com',
  ADMIN_PASSWORD: 'correct horse battery staple',
};

/** What `.env` files, copied examples and slips of the hand bring, by setting. */
const OTHER_SECRET = 'Zq8Lw3Rk6Tn1Vb5Xc9Md2Pf7Hs4Jg0Ya';

const BAD_VALUES: Record<SettingName, string[]> = {
  NODE_ENV: ['prod', 'Production', 'staging', ' production'],
  DATABASE_URL: [
    'gatehouse',
    'mysql://user:password@localhost/gatehouse',
    'https://localhost/gatehouse',
    'postgres:gatehouse',
    'postgres://localhost:5432',
    'postgres://localhost:5432/',
    'postgres://localhost:99999/gatehouse',
    'postgres://user:100%sure@localhost/gatehouse',
    'postgres://user:pa#ss@localhost/gatehouse',
    'postgres://localhost/gate house',
    ' postgres://localhost/gatehouse',
    'postgres://localhost/gatehouse?sslmod=verify-full',
    'postgres://localhost/gatehouse?sslmode=verify-full&pgbouncer=true',
    'postgres://localhost/gatehouse?sslmode=',
    'postgres://localhost/gatehouse?sslmode=verify-full&sslmode=disable',
    'postgres://localhost/gatehouse?requiressl=1',
    'postgres://localhost/gatehouse?sslmode=verify-full&sslrootcert=system',
    'postgres://one,other/gatehouse?target_session_attrs=read-write',
    'postgres:///gatehouse?host=one,other',
  ],
  DATABASE_DIRECT_URL: ['localhost:5432/gatehouse', 'postgres://localhost'],
  DATABASE_POOL_MAX: ['0', '-1', '10.5', '1e1', 'ten', '1001', '0x10', ' 10', '10 '],
  AUTH_PORT: ['0', '65536', '80a', '-1', '3000.5', '0x1f', 'http', '+80', '١'],
  API_PORT: ['0', '65536', '80a', '99999999999999999999'],
  AUTH_URL: [
    'auth.example.com',
    'localhost:3000',
    'ftp://auth.example.com',
    'http:auth.example.com',
    'https://',
    'https://auth.example.com/auth',
    'https://auth.example.com//',
    'https://auth.example.com?tenant=1',
    'https://auth.example.com#top',
    'https://user:password@auth.example.com',
    'https://auth.example.com:443',
    'https://Auth.example.com',
    'https://*.example.com',
    'https://auth.example.com ',
    'https://auth.example.com:port',
    'null',
  ],
  AUTH_INTERNAL_URL: ['auth:3000', 'http://auth:3000/api/auth', 'unix:///run/auth.sock'],
  API_URL: [
    'api.example.com',
    'https://api.example.com/api/v1',
    'https://api.example.com,https://b',
  ],
  JWT_ISSUER: [
    'https://auth.example.com ',
    'my issuer',
    ' ',
    'gate\nhouse',
    'https://',
    'ünïque',
    'https://Auth.example.com',
    'HTTPS://auth.example.com',
    'https://auth.example.com:443',
    'https://auth.example.com/a/../b',
  ],
  JWT_AUDIENCE: ['https://api.example.com https://b', ' api', '1:2', ':'],
  JWT_ALGORITHM: ['EdDSA', 'HS256', 'none', 'rs256', 'RS512', 'RS256,ES256'],
  JWT_TTL: [
    '15',
    '-1s',
    '0s',
    '1e3s',
    '15 m',
    ' 15m',
    '15m ',
    '15M',
    '1.5h',
    '15min',
    'm',
    '25h',
    '999ms',
    '1500ms',
    '1h30m',
    '９m',
  ],
  JWKS_ROTATION: ['0d', '30', 'never', '3651d', '1500ms', '9999999999s'],
  JWKS_GRACE: ['0d', '-30d', 'forever', '10m'],
  BETTER_AUTH_SECRET: [
    'short',
    'x7Q!'.repeat(7).concat('abc'),
    'a'.repeat(64),
    'abcabc'.repeat(12),
    'change-me-change-me-change-me-12345',
    'CHANGEME0123456789abcdefghijklmnop',
    'replace_me_with_32_random_characters',
    'your-secret-of-at-least-32-characters',
    'better-auth-secret-12345678901234567890',
    '(openssl rand -base64 48)',
    ' 0123456789abcdefghijklmnopqrstuv',
    '0123456789abcdefghijklmnopqrstuv\n',
  ],
  BETTER_AUTH_SECRETS: [
    DEVELOPMENT.BETTER_AUTH_SECRET,
    `:${DEVELOPMENT.BETTER_AUTH_SECRET}`,
    `v1:${DEVELOPMENT.BETTER_AUTH_SECRET}`,
    `-1:${DEVELOPMENT.BETTER_AUTH_SECRET}`,
    `01:${DEVELOPMENT.BETTER_AUTH_SECRET}`,
    `1:${DEVELOPMENT.BETTER_AUTH_SECRET},`,
    `1:${DEVELOPMENT.BETTER_AUTH_SECRET},1:${OTHER_SECRET}`,
    `1:${DEVELOPMENT.BETTER_AUTH_SECRET},2:${DEVELOPMENT.BETTER_AUTH_SECRET}`,
    `2:short,1:${DEVELOPMENT.BETTER_AUTH_SECRET}`,
    `2:${'a'.repeat(64)},1:${DEVELOPMENT.BETTER_AUTH_SECRET}`,
    `2:change-me-change-me-change-me-12345,1:${DEVELOPMENT.BETTER_AUTH_SECRET}`,
    // Without the value of BETTER_AUTH_SECRET.
    `2:${OTHER_SECRET}`,
    '(2:<new secret>,1:<old secret>)',
  ],
  AUTH_DATABASE_PASSWORD: ['short', '(openssl rand -hex 24)', 'a'.repeat(40)],
  API_DATABASE_PASSWORD: ['short', '(openssl rand -hex 24)', 'a'.repeat(40)],
  INTERNAL_SECRET: [
    'short',
    'a'.repeat(64),
    '0123456789abcdefghijklmn\nopqrstuvwxyz',
    '0123456789abcdefghijklmn\u2019opqrstuvwxyz',
    DEVELOPMENT.BETTER_AUTH_SECRET,
  ],
  ADMIN_EMAIL: [
    'admin',
    'admin@',
    '@example.com',
    'admin@localhost',
    'a b@example.com',
    'a@b.c,d@e.f',
  ],
  ADMIN_PASSWORD: [
    '1234567',
    'x'.repeat(129),
    '(a long passphrase)',
    'a long passphrase\n',
    ' a long passphrase',
    '"a long passphrase"',
  ],
  GOOGLE_CLIENT_ID: ['(client id)', ' ', 'a\tb', 'id\n', '"id"'],
  GOOGLE_CLIENT_SECRET: ['(client secret)', '\u0000'],
  GITHUB_CLIENT_ID: ['(client id)', ' id'],
  GITHUB_CLIENT_SECRET: ['(client secret)', 'secret ', "'secret'"],
  OIDC_ISSUER: [
    'login.example.com',
    'ldap://login.example.com',
    'https:login.example.com',
    'https://',
  ],
  OIDC_CLIENT_ID: ['(client id)', '\u00e9'],
  OIDC_CLIENT_SECRET: ['(client secret)', '\n', '"secret"'],
  SMTP_URL: ['localhost:1025', 'http://localhost:1025', 'smtp:localhost', 'smtp://', 'smtp://a b'],
  MAIL_FROM: [
    'Gatehouse',
    'no-reply@',
    'Gatehouse <no-reply>',
    '"no-reply@example.com"',
    'a@example.com\r\nBcc: b@example.com',
  ],
  TRUSTED_ORIGINS: [
    '*',
    'null',
    'https://*.example.com',
    'https://app.example.com/',
    'https://app.example.com/path',
    'app.example.com',
    'https://app.example.com,',
    'https://app.example.com https://b.example.com',
    'https://app.example.com;https://b.example.com',
    'https://app.example.com,*',
    'https://app.example.com:443',
    'https://APP.example.com',
    'chrome-extension://abcdef',
    'file://',
  ],
  TRUST_PROXY: [
    'true',
    '1',
    'loopback',
    'proxy.example.com',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0',
    '010.0.0.1',
    '0.0.0.0/0',
    '::/0',
    '::1/129',
    'fe80::1%eth0',
    '10.0.0.1,',
    '10.0.0.1:8080',
    '*',
  ],
  REDIS_URL: ['localhost:6379', 'http://localhost:6379', 'redis:', 'redis://'],
  RATE_LIMITS: ['true', 'ON', '1'],
  API_DOCS: ['true', 'ON', '1'],
  BREACHED_PASSWORDS_URL: ['api.pwnedpasswords.com', 'ftp://example.com/range/'],
  PASSWORD_HASH_MEMORY: ['0', '7', '262145', '46MiB', '19456.5', '-19456', '1e5'],
  PASSWORD_HASH_PASSES: ['0', '17', '1.5', 'two', '-1'],
  STREAM_DESTINATIONS: ['private', 'Any', 'off'],
  ACCESS_CHECK: ['Live', 'off', 'true', 'none'],
  ACCESS_LEASE: ['0s', '99ms', '61s', '1', '1,5s', '-1s'],
  REQUIRE_EMAIL_VERIFICATION: ['1', 'yes', 'TRUE', 'on', 'true '],
  SHUTDOWN_DELAY: ['-1s', '5', '301s', 'soon'],
  AUDIT_RETENTION: ['0d', '23h', '400', 'forever', '36501d'],
  METRICS_PORT: ['0', '65536', '80a'],
  LOG_LEVEL: ['verbose', 'INFO', '30', 'warning'],
  OTEL_EXPORTER_OTLP_ENDPOINT: ['localhost:4318', 'grpc://localhost:4317', 'http:localhost:4318'],
};

const GOOD_VALUES: Partial<Record<SettingName, string[]>> = {
  NODE_ENV: ['development', 'test'],
  DATABASE_URL: [
    'postgresql://localhost/gatehouse',
    'postgres://user:p%40ss@ep-cool-1.eu.aws.neon.tech/db?sslmode=require&channel_binding=require',
    'postgres://user@%2Fvar%2Frun%2Fpostgresql/gatehouse',
    'postgres:///gatehouse?host=/var/run/postgresql',
    'postgres://localhost/gatehouse?ssl=true&application_name=gatehouse&target_session_attrs=any',
    'postgres://user:password@[::1]:5432/gatehouse',
  ],
  AUTH_PORT: ['1', '65535', '3100'],
  AUTH_URL: ['https://auth.example.com/', 'http://127.0.0.1:3000', 'http://[::1]:3000'],
  JWT_ISSUER: [
    'https://auth.example.com/',
    'https://auth.example.com/Tenant',
    'https://Auth.example.com/',
    'https://Auth.example.com?tenant=1',
    'https://Auth.example.com/#a',
    'http://192.168.1.5:3000',
    'gatehouse',
    'urn:gatehouse:issuer',
  ],
  JWT_ALGORITHM: ['RS256', 'ES256', 'PS256'],
  JWT_TTL: ['1s', '1000ms', '24h', '1d'],
  ADMIN_EMAIL: ['root@example.co.uk', 'first.last+tag@example.com'],
  ADMIN_PASSWORD: ['12345678', 'pässwörter sind länger', 'x'.repeat(128)],
  MAIL_FROM: ['no-reply@example.com', '"Gatehouse" <no-reply@example.com>'],
  SMTP_URL: ['smtp://localhost:1025', 'smtps://user:password@mail.example.com'],
  TRUSTED_ORIGINS: ['https://app.example.com', 'https://a.example.com, http://localhost:5173'],
  TRUST_PROXY: ['10.0.0.0/8', '127.0.0.1,::1', '2001:db8::/32, 192.0.2.7/32', '::ffff:10.0.0.1'],
  REDIS_URL: ['redis://localhost:6379/0', 'rediss://:password@cache.example.com'],
  RATE_LIMITS: ['on', 'relaxed', 'off'],
  PASSWORD_HASH_MEMORY: ['8', '47104', '262144'],
  PASSWORD_HASH_PASSES: ['1', '16'],
  BREACHED_PASSWORDS_URL: ['https://api.pwnedpasswords.com/range/', 'http://localhost:8080/range'],
};

function load(env: NodeJS.ProcessEnv, processName: ProcessName = 'auth') {
  return loadSettings({ ...DEVELOPMENT, ...env }, processName);
}

function problemsOf(env: NodeJS.ProcessEnv, processName: ProcessName = 'auth'): SettingProblem[] {
  try {
    loadSettings(env, processName);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

function namesOf(problems: SettingProblem[]): string[] {
  return problems.map(({ name }) => name);
}

function casesOf(values: Partial<Record<SettingName, string[]>>): [SettingName, string][] {
  return (Object.keys(values) as SettingName[]).flatMap((name) =>
    values[name]!.map((value): [SettingName, string] => [name, value]),
  );
}

/** The other halves of a pair, so that the value alone is judged. */
const COMPANY: NodeJS.ProcessEnv = {
  GOOGLE_CLIENT_ID: 'id',
  GOOGLE_CLIENT_SECRET: 'secret',
  GITHUB_CLIENT_ID: 'id',
  GITHUB_CLIENT_SECRET: 'secret',
  OIDC_ISSUER: 'https://login.example.com',
  OIDC_CLIENT_ID: 'id',
  OIDC_CLIENT_SECRET: 'secret',
};

describe('a bad value', () => {
  it.each(casesOf(BAD_VALUES))('is refused: %s=%j', (name, value) => {
    const problems = problemsOf({ ...DEVELOPMENT, ...COMPANY, [name]: value });
    expect(namesOf(problems)).toEqual([name]);
  });

  it.each(Object.keys(BAD_VALUES))('is named together with all others: %s', (name) => {
    const allBad = Object.fromEntries(casesOf(BAD_VALUES).toReversed());
    expect(namesOf(problemsOf(allBad))).toContain(name);
  });

  it('does not hide what production refuses', () => {
    const env = { ...PRODUCTION, AUTH_URL: '', AUTH_PORT: '80a', API_URL: 'http://example.com' };
    expect(namesOf(problemsOf(env))).toEqual(['AUTH_PORT', 'API_URL']);
  });

  it('is reported in any process, whether the process needs it or not', () => {
    expect(namesOf(problemsOf({ ...DEVELOPMENT, ADMIN_EMAIL: 'admin' }, 'api'))).toEqual([
      'ADMIN_EMAIL',
    ]);
  });

  it('ends in one readable error for every environment', () => {
    const anything = fc.record(
      Object.fromEntries(
        Object.keys(SETTING_DEFINITIONS).map((name) => [
          name,
          fc.oneof(fc.string(), fc.webUrl(), fc.ipV6(), fc.constantFrom('production', '1s', '')),
        ]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anything, (env) => {
        expect(Array.isArray(problemsOf(env))).toBe(true);
      }),
      { numRuns: 300, seed: SEED },
    );
  });
});

describe('the cost of a password hash', () => {
  const costOf = (memory: string, passes: string) => ({
    PASSWORD_HASH_MEMORY: memory,
    PASSWORD_HASH_PASSES: passes,
  });

  it.each([
    ['47104', '1'],
    ['19456', '2'],
    ['12288', '3'],
    ['9216', '4'],
    ['7168', '5'],
    ['7168', '16'],
    ['262144', '4'],
  ])('is accepted in production: %s KiB, passes %s', (memory, passes) => {
    expect(problemsOf({ ...PRODUCTION, ...costOf(memory, passes) })).toEqual([]);
  });

  it.each([
    ['47103', '1', 47_104],
    ['19455', '2', 19_456],
    ['12287', '3', 12_288],
    ['9215', '4', 9_216],
    ['7167', '5', 7_168],
    ['8', '16', 7_168],
  ])('is refused in production alone: %s KiB, passes %s', (memory, passes, least) => {
    const cost = costOf(memory, passes);
    expect(problemsOf({ ...PRODUCTION, ...cost })).toEqual([
      {
        name: 'PASSWORD_HASH_MEMORY',
        message: `must be at least ${least} with PASSWORD_HASH_PASSES=${passes} in production (recommendation of OWASP)`,
      },
    ]);
    expect(problemsOf({ ...DEVELOPMENT, ...cost })).toEqual([]);
  });

  it('is refused when a hash of it would take seconds', () => {
    const problems = problemsOf({ ...DEVELOPMENT, ...costOf('262144', '5') });
    expect(problems).toEqual([
      {
        name: 'PASSWORD_HASH_MEMORY',
        message: 'must be at most 209715 with PASSWORD_HASH_PASSES=5',
      },
    ]);
  });

  it('is refused once when its passes are not a number', () => {
    expect(namesOf(problemsOf({ ...PRODUCTION, ...costOf('8', 'two') }))).toEqual([
      'PASSWORD_HASH_PASSES',
    ]);
  });
});

describe('a good value', () => {
  it.each(casesOf(GOOD_VALUES))('is accepted: %s=%j', (name, value) => {
    expect(problemsOf({ ...DEVELOPMENT, [name]: value })).toEqual([]);
  });

  it('loses the trailing slash of a base URL, which would stand in every token', () => {
    const settings = load({ AUTH_URL: 'https://auth.example.com/' });
    expect(settings.jwtIssuer).toBe('https://auth.example.com');
  });

  it('keeps the trailing slash of an issuer, which is compared exactly', () => {
    expect(load({ JWT_ISSUER: 'https://a.example.com/' }).jwtIssuer).toBe('https://a.example.com/');
  });

  it('is split at commas, with spaces taken off', () => {
    const settings = load({ TRUSTED_ORIGINS: 'https://a.example.com, https://b.example.com' });
    expect(settings.trustedOrigins).toEqual(['https://a.example.com', 'https://b.example.com']);
  });

  it('is lower-cased where it is an e-mail address', () => {
    expect(load({ ADMIN_EMAIL: 'Root@Example.com' }).adminEmail).toBe('root@example.com');
  });

  it('is a length of time in milliseconds, for every unit', () => {
    const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    const inDays = fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[]));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), inDays, (count, unit) => {
        const rotation = count * units[unit];
        fc.pre(rotation % 1_000 === 0);
        expect(load({ JWKS_ROTATION: `${count}${unit}` }).jwksRotation).toBe(rotation);
      }),
      { seed: SEED },
    );
  });
});

describe('the error', () => {
  it('has the issuer to write', () => {
    const problems = problemsOf({
      ...DEVELOPMENT,
      JWT_ISSUER: 'HTTPS://Auth.example.com:443/a/../B',
    });
    expect(problems[0]!.message).toBe('must be written as https://auth.example.com/B');
  });

  it('is one text with a line for every bad value, without the values of secrets', () => {
    const env = { ...DEVELOPMENT, API_PORT: '80a', INTERNAL_SECRET: 'hunter2', JWT_TTL: '15' };
    expect(() => loadSettings(env, 'auth')).toThrow(
      [
        '3 settings are not usable:',
        '  API_PORT         must be a whole number',
        '  JWT_TTL          must be a whole number with a unit: ms, s, m, h or d',
        '  INTERNAL_SECRET  must have at least 32 characters',
        'docs/settings.md explains every setting; .env.example holds one example of each.',
      ].join('\n'),
    );
  });

  it('speaks of one setting in the singular', () => {
    expect(() => load({ LOG_LEVEL: 'loud' })).toThrow('1 setting is not usable:');
  });

  it('names each unknown parameter of the database, and no part of a password', () => {
    const of = (url: string) => problemsOf({ DATABASE_URL: url })[0]!.message;
    expect(of('postgres://host/gatehouse?SSLMODE=require&tls=true&ssl_mode=require')).toBe(
      'has parameters that PostgreSQL does not know: SSLMODE (sslmode?), tls, ssl_mode (sslmode?)',
    );
    for (const url of [
      'postgres://user:1/a?secret@host/db',
      'postgres://user:1/a?sec=ret@host/db&s3=1',
    ]) {
      expect(of(url)).not.toMatch(/secret|sec=|s3/);
    }
  });
});

describe('versions of the secret', () => {
  const OLD = DEVELOPMENT.BETTER_AUTH_SECRET;
  const LIST = `12:${OTHER_SECRET}, 3:${OLD}`;
  const versions = [
    { version: 12, value: OTHER_SECRET },
    { version: 3, value: OLD },
  ];

  it('are used in their order, and replace the one secret', () => {
    const env = { ...PRODUCTION, BETTER_AUTH_SECRET: '', BETTER_AUTH_SECRETS: LIST };
    expect(load(env)).toMatchObject({
      betterAuthSecret: OTHER_SECRET,
      secretVersions: { versions, unversioned: OLD },
    });
  });

  it('name the secret of data without a version by BETTER_AUTH_SECRET', () => {
    const list = `3:${OTHER_SECRET},12:${OLD}`;
    expect(load({ BETTER_AUTH_SECRETS: list })).toMatchObject({
      betterAuthSecret: OTHER_SECRET,
      secretVersions: { unversioned: OLD },
    });
  });

  it('differ from INTERNAL_SECRET', () => {
    const env = { ...DEVELOPMENT, BETTER_AUTH_SECRETS: LIST, INTERNAL_SECRET: OTHER_SECRET };
    expect(namesOf(problemsOf(env))).toEqual(['INTERNAL_SECRET']);
  });

  it('do not appear in an error', () => {
    for (const list of [`2:${OTHER_SECRET}`, `x:${OTHER_SECRET}`, `1:${OTHER_SECRET},1:${OLD}`]) {
      const messages = JSON.stringify(problemsOf({ ...DEVELOPMENT, BETTER_AUTH_SECRETS: list }));
      expect(messages).not.toContain(OTHER_SECRET);
      expect(messages).not.toContain(OLD);
    }
  });
});

describe('an empty value', () => {
  it.each(Object.keys(SETTING_DEFINITIONS))('counts as unset: %s', (name) => {
    const without = { ...DEVELOPMENT, [name]: undefined };
    expect(problemsOf({ ...DEVELOPMENT, [name]: '' })).toEqual(problemsOf(without));
  });
});

describe('settings that belong together', () => {
  it.each([
    ['GOOGLE_CLIENT_ID', ['GOOGLE_CLIENT_SECRET']],
    ['GOOGLE_CLIENT_SECRET', ['GOOGLE_CLIENT_ID']],
    ['GITHUB_CLIENT_ID', ['GITHUB_CLIENT_SECRET']],
    ['GITHUB_CLIENT_SECRET', ['GITHUB_CLIENT_ID']],
    ['OIDC_ISSUER', ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']],
    ['OIDC_CLIENT_ID', ['OIDC_ISSUER', 'OIDC_CLIENT_SECRET']],
    ['OIDC_CLIENT_SECRET', ['OIDC_ISSUER', 'OIDC_CLIENT_ID']],
  ])('are refused in part: %s alone wants %j', (name, wanted) => {
    const problems = problemsOf({ ...DEVELOPMENT, [name]: COMPANY[name] });
    expect(namesOf(problems)).toEqual(wanted);
    expect(problems[0]!.message).toBe(`must be set as well, because ${name} is set`);
  });

  it('are all named when one of them is malformed and another is missing', () => {
    const problems = problemsOf({ ...DEVELOPMENT, GOOGLE_CLIENT_ID: ' ' });
    expect(namesOf(problems)).toEqual(['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET']);
  });

  it('are accepted together and name each provider', () => {
    const client = { clientId: 'id', clientSecret: 'secret' };
    expect(load(COMPANY)).toMatchObject({
      google: client,
      github: client,
      oidc: { issuer: 'https://login.example.com', ...client },
    });
    expect(load({})).toMatchObject({ google: null, github: null, oidc: null });
  });

  it('keep the ports of one host apart', () => {
    expect(namesOf(problemsOf({ ...DEVELOPMENT, AUTH_PORT: '8000' }))).toEqual(['API_PORT']);
    expect(problemsOf({ ...PRODUCTION, AUTH_PORT: '8000' })).toEqual([]);
  });

  it('keep an old signing key published as long as tokens live', () => {
    expect(namesOf(problemsOf({ ...DEVELOPMENT, JWT_TTL: '2h', JWKS_GRACE: '1h' }))).toEqual([
      'JWKS_GRACE',
    ]);
    expect(problemsOf({ ...DEVELOPMENT, JWT_TTL: '2h', JWKS_GRACE: '2h' })).toEqual([]);
  });
});

describe('production', () => {
  it('starts with what a deployment sets', () => {
    expect(load(PRODUCTION)).toMatchObject({ production: true, requireEmailVerification: true });
  });

  it.each([
    ['no database', { DATABASE_URL: '' }, 'DATABASE_URL'],
    ['no secret', { BETTER_AUTH_SECRET: '' }, 'BETTER_AUTH_SECRET'],
    ['a generated password of the administrator', { ADMIN_PASSWORD: '' }, 'ADMIN_PASSWORD'],
    ['a password of 11 characters', { ADMIN_PASSWORD: 'elevenchars' }, 'ADMIN_PASSWORD'],
    ['an auth server on http', { AUTH_URL: 'http://auth.example.com' }, 'AUTH_URL'],
    ['an API on http', { API_URL: 'http://api.example.com' }, 'API_URL'],
    ['a private address on http', { API_URL: 'http://10.0.0.1' }, 'API_URL'],
    ['a lookalike of loopback', { API_URL: 'http://localhost.example.com' }, 'API_URL'],
    ['another lookalike', { API_URL: 'http://127.0.0.1.example.com' }, 'API_URL'],
    [
      'an origin on http',
      { TRUSTED_ORIGINS: 'https://a.b,http://app.example.com' },
      'TRUSTED_ORIGINS',
    ],
    ['a provider on http', { ...COMPANY, OIDC_ISSUER: 'http://login.example.com' }, 'OIDC_ISSUER'],
  ])('refuses %s', (_, env, name) => {
    expect(namesOf(problemsOf({ ...PRODUCTION, ...env }))).toEqual([name]);
  });

  it.each([
    'http://localhost:8000',
    'http://api.localhost',
    'http://127.0.0.1',
    'http://[::1]:8000',
  ])('accepts loopback without https: %s', (url) => {
    expect(
      problemsOf({ ...PRODUCTION, AUTH_URL: url, API_URL: url, TRUSTED_ORIGINS: url }),
    ).toEqual([]);
  });

  it('the API reaches the auth server over http inside', () => {
    expect(problemsOf({ ...PRODUCTION, AUTH_INTERNAL_URL: 'http://auth:3000' })).toEqual([]);
  });

  it.each([
    [{ ...PRODUCTION, AUTH_URL: '' }, 'AUTH_URL (http://localhost:3000)'],
    [
      { ...PRODUCTION, AUTH_URL: 'https://127.0.0.1', API_URL: 'http://localhost:8000' },
      'AUTH_URL (https://127.0.0.1) and API_URL (http://localhost:8000)',
    ],
    [PRODUCTION, null],
    [DEVELOPMENT, null],
  ])('accepts public URLs of this host, and warns: %#', (env, named) => {
    const warnings: unknown[] = [];
    warnOfLoopbackUrls(load(env), { warn: (line: unknown) => warnings.push(line) });
    expect(warnings).toEqual(named === null ? [] : [expect.stringContaining(`reaches ${named}:`)]);
  });

  it.each(['api', 'migrate'] as const)('wants no secret of the auth server from %s', (name) => {
    const env = { ...PRODUCTION, BETTER_AUTH_SECRET: '', ADMIN_PASSWORD: '' };
    expect(problemsOf(env, name)).toEqual([]);
  });

  it('names everything that an empty environment lacks at once', () => {
    expect(namesOf(problemsOf({ NODE_ENV: 'production' }))).toEqual([
      'DATABASE_URL',
      'BETTER_AUTH_SECRET',
      'ADMIN_PASSWORD',
    ]);
  });
});
