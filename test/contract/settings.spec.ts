import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import {
  SETTING_DEFINITIONS,
  type SettingDefinition,
  type SettingName,
} from '../../runtime/settings/definitions';
import { loadSettings, SettingsError, type Settings } from '../../runtime/settings/load';

/** The contract's table: every setting, and its default when that is a fixed text. */
const TABLE = `
  NODE_ENV                     development
  DATABASE_URL
  DATABASE_DIRECT_URL
  DATABASE_POOL_MAX            10
  AUTH_PORT                    3000
  API_PORT                     8000
  AUTH_URL
  AUTH_INTERNAL_URL
  API_URL
  JWT_ISSUER
  JWT_AUDIENCE
  JWT_ALGORITHM                RS256
  JWT_TTL                      15m
  JWKS_ROTATION                30d
  JWKS_GRACE                   30d
  BETTER_AUTH_SECRET
  ADMIN_EMAIL                  admin@example.com
  ADMIN_PASSWORD
  GOOGLE_CLIENT_ID
  GOOGLE_CLIENT_SECRET
  GITHUB_CLIENT_ID
  GITHUB_CLIENT_SECRET
  OIDC_ISSUER
  OIDC_CLIENT_ID
  OIDC_CLIENT_SECRET
  SMTP_URL
  MAIL_FROM
  TRUSTED_ORIGINS
  TRUST_PROXY
  REDIS_URL
  ACCESS_CHECK                 live
  ACCESS_LEASE                 1s
  REQUIRE_EMAIL_VERIFICATION
  AUDIT_RETENTION              400d
  LOG_LEVEL                    info
  OTEL_EXPORTER_OTLP_ENDPOINT
`;

/** Settings in addition to the contract's. */
const ADDED = [
  'BETTER_AUTH_SECRETS',
  'AUTH_DATABASE_PASSWORD',
  'API_DATABASE_PASSWORD',
  'INTERNAL_SECRET',
  'METRICS_PORT',
  'SHUTDOWN_DELAY',
  'RATE_LIMITS',
  'BREACHED_PASSWORDS_URL',
  'PASSWORD_HASH_MEMORY',
  'PASSWORD_HASH_PASSES',
  'STREAM_DESTINATIONS',
  'API_DOCS',
];

const ROWS = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/))
  .map(([name, value]): [SettingName, string | null] => [name as SettingName, value ?? null]);

const DEVELOPMENT = {
  DATABASE_URL: 'postgres://localhost:5432/gatehouse',
  BETTER_AUTH_SECRET: 'for tests only: 0123456789 abcdefghijklm',
};

function load(env: NodeJS.ProcessEnv): Settings {
  return loadSettings({ ...DEVELOPMENT, ...env }, 'auth');
}

it('contains the settings of the contract and the added ones, and no others', () => {
  const promised = [...ROWS.map(([name]) => name), ...ADDED];
  expect(Object.keys(SETTING_DEFINITIONS).toSorted()).toEqual(promised.toSorted());
});

describe('an unset variable', () => {
  it.each(ROWS)('has the default of the contract: %s=%s', (name, value) => {
    expect(SETTING_DEFINITIONS[name].default).toBe(value);
  });

  it('takes its value from the settings that the contract names', () => {
    expect(load({ AUTH_PORT: '3100', API_PORT: '8100' })).toMatchObject({
      production: false,
      databaseDirectUrl: DEVELOPMENT.DATABASE_URL,
      authUrl: 'http://localhost:3100',
      authInternalUrl: 'http://localhost:3100',
      apiUrl: 'http://localhost:8100',
      jwtIssuer: 'http://localhost:3100',
      jwtAudience: 'http://localhost:8100',
      trustedOrigins: ['http://localhost:3100', 'http://localhost:8100'],
      trustProxy: [],
      adminPassword: null,
      internalSecret: null,
      requireEmailVerification: false,
    });
  });

  it('follows configured public URLs', () => {
    const urls = { AUTH_URL: 'https://auth.example.com', API_URL: 'https://api.example.com' };
    expect(load(urls)).toMatchObject({
      authInternalUrl: urls.AUTH_URL,
      jwtIssuer: urls.AUTH_URL,
      jwtAudience: urls.API_URL,
      trustedOrigins: [urls.AUTH_URL, urls.API_URL],
    });
  });

  it('has durations in milliseconds', () => {
    expect(load({})).toMatchObject({
      jwtTtl: 900_000,
      jwksRotation: 2_592_000_000,
      jwksGrace: 2_592_000_000,
      accessLease: 1_000,
    });
  });
});

describe('a variable that is set', () => {
  it('overrides the derived default', () => {
    const env = {
      DATABASE_DIRECT_URL: 'postgres://direct:5432/gatehouse',
      AUTH_INTERNAL_URL: 'http://auth:3000',
      JWT_ISSUER: 'urn:gatehouse',
      JWT_AUDIENCE: 'gatehouse-api',
      TRUSTED_ORIGINS: 'https://app.example.com',
      REQUIRE_EMAIL_VERIFICATION: 'true',
    };
    expect(load(env)).toMatchObject({
      databaseDirectUrl: env.DATABASE_DIRECT_URL,
      authInternalUrl: env.AUTH_INTERNAL_URL,
      jwtIssuer: env.JWT_ISSUER,
      jwtAudience: env.JWT_AUDIENCE,
      trustedOrigins: ['https://app.example.com'],
      requireEmailVerification: true,
    });
  });
});

describe('.env.example', () => {
  const text = readFileSync(join(__dirname, '../../.env.example'), 'utf8');
  const proposed = parseEnv(text.replaceAll(/^#(?=[A-Z_]+=)/gm, ''));

  it('sets nothing', () => {
    expect(parseEnv(text)).toEqual({});
  });

  it('has an example for every setting', () => {
    const names = Object.keys(SETTING_DEFINITIONS);
    expect(names.filter((name) => !proposed[name])).toEqual([]);
  });

  it('has no Markdown link', () => {
    expect(text).not.toMatch(/\]\(/);
    expect(text).toContain('(guide: docs/guides/federation.md)');
  });

  it('has examples that are accepted, and placeholders that are refused', () => {
    const placeholders = Object.keys(SETTING_DEFINITIONS).filter((name) =>
      proposed[name]!.startsWith('('),
    );
    expect(problemsOf(proposed)).toEqual(placeholders);
  });
});

describe('the documents', () => {
  /** A list of texts, or two bounds. */
  const VALUES = /^(?:(?:`\w+`, )+`\w+`|`\w+` to `\w+`(?:, whole seconds)?|\d+ to \d+)$/;
  const described = Object.entries<SettingDefinition>(SETTING_DEFINITIONS).filter(
    ([, { schema }]) => VALUES.test(schema.description ?? ''),
  );

  it('name the values of every setting that has a list or bounds', () => {
    expect(described.length).toBeGreaterThan(15);
  });

  it.each(described)('name values of %s that are accepted', (name, { schema }) => {
    const values = schema.description!.match(/\b(?!to\b|whole\b|seconds\b)\w+/g)!;
    expect(values.filter((value) => !schema.safeParse(value).success)).toEqual([]);
    const page = readFileSync('docs/settings.md', 'utf8');
    expect(page).toMatch(
      new RegExp(`^\\| \`${name}\` .* Values: ${schema.description}\\. \\|$`, 'm'),
    );
  });
});

function problemsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    loadSettings(env, 'auth');
    return [];
  } catch (error) {
    return (error as SettingsError).problems.map(({ name }) => name);
  }
}
