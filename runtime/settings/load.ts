import {
  type ProcessName,
  SETTING_DEFINITIONS,
  type SettingDefinition,
  type SettingName,
  type SettingValues,
} from './definitions';
import { type FeatureSettings, findMissingSettings, readFeatureSettings } from './feature-settings';
import { passwordHashCostProblems, type PasswordHashCost } from './password-hash-cost';
import { toProviders, type ProviderSettings } from './providers';
import type { Milliseconds, SecretVersion } from './values';
import { isLoopbackHost, type SignatureAlgorithm } from '../../contract';

export type AccessCheck = 'live' | 'strict' | 'token';

/** What the limits of production are multiplied by. */
export interface RateLimitFactors {
  quotas: number;
  /** Guesses at one account, with its password, that cost no pause. */
  guesses: number;
}

const RATE_LIMITS = {
  on: { quotas: 1, guesses: 1 },
  relaxed: { quotas: 100, guesses: 4 },
  off: null,
};

/** Several versions of one secret. */
export interface SecretVersions {
  /** The first one is current. */
  versions: SecretVersion[];
  /** The secret of data that names no version: `BETTER_AUTH_SECRET`, or the lowest version. */
  unversioned: string;
}

/** The settings of both processes. All durations are in milliseconds. */
export interface Settings extends ProviderSettings {
  production: boolean;
  databaseUrl: string;
  databaseDirectUrl: string;
  /** Of the logins that `npm run migrate` creates; `null`: the login is left as it is. */
  databasePasswords: { authServer: string | null; api: string | null };
  databasePoolMax: number;
  authPort: number;
  apiPort: number;
  authUrl: string;
  authInternalUrl: string;
  apiUrl: string;
  jwtIssuer: string;
  jwtAudience: string;
  jwtAlgorithm: SignatureAlgorithm;
  jwtTtl: Milliseconds;
  jwksRotation: Milliseconds;
  jwksGrace: Milliseconds;
  /** Signs and encrypts. Empty in the API, which does not read it. */
  betterAuthSecret: string;
  /** `null`: there is one secret, without a version. */
  secretVersions: SecretVersions | null;
  /** `null`: both processes derive it from a secret in the database. */
  internalSecret: string | null;
  adminEmail: string;
  /** `null` in development: the first administrator's password is generated. */
  adminPassword: string | null;
  trustedOrigins: string[];
  trustProxy: string[];
  accessCheck: AccessCheck;
  accessLease: Milliseconds;
  /** `null`: no mail server. */
  smtpUrl: string | null;
  mailFrom: string;
  requireEmailVerification: boolean;
  /** `null`: the auth servers count in PostgreSQL, each replica of the API in memory. */
  redisUrl: string | null;
  /** `null`: no limits. */
  rateLimits: RateLimitFactors | null;
  /** `null`: new passwords are not compared with those of breaches. */
  breachedPasswordsUrl: string | null;
  /** Of new password hashes. */
  passwordHashCost: PasswordHashCost;
  /** Where security events may be pushed to. */
  streamDestinations: 'public' | 'any';
  /** Whether the API serves its documentation. */
  apiDocs: boolean;
  /** How long audit events are kept. */
  auditRetention: Milliseconds;
  /** Time between the signal to stop and the last accepted connection. */
  shutdownDelay: Milliseconds;
  /** The port of the metrics alone; `null`: there is none. */
  metricsPort: number | null;
  /** Whether `GET /metrics` is on the port of the process: never in production, where it is public. */
  metricsOnProcessPort: boolean;
  logLevel: string;
  /** Settings of the features of the product, by the name of their variable. */
  features: FeatureSettings;
}

export interface SettingProblem {
  /** Of Gatehouse, or of a feature. */
  name: string;
  message: string;
}

/** All invalid settings. The message is for the operator. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: SettingProblem[]) {
    const width = Math.max(...problems.map(({ name }) => name.length));
    const lines = problems.map(({ name, message }) => `  ${name.padEnd(width)}  ${message}`);
    const isOfFeature = problems.some(({ name }) => !(name in SETTING_DEFINITIONS));
    super(
      `${problems.length === 1 ? '1 setting is' : `${problems.length} settings are`} not usable:\n` +
        `${lines.join('\n')}\n` +
        'docs/settings.md explains every setting; .env.example holds one example of each.' +
        (isOfFeature ? ' Those of a feature: features/<name>/settings.md.' : ''),
    );
  }
}

/**
 * Reads the settings of one process.
 *
 * @param env the environment, usually `process.env`; an empty value counts as unset.
 * @throws {SettingsError} naming every value that is malformed, missing or refused in production.
 */
export function loadSettings(env: NodeJS.ProcessEnv, processName: ProcessName): Settings {
  const { values, problems } = parseValues(env);
  const ofFeatures = readFeatureSettings(env);
  const settings = { ...resolve(values), features: ofFeatures.values };
  const malformed = new Set(problems.map(({ name }) => name));
  const isSet = (name: SettingName) => values[name] !== undefined || malformed.has(name);
  const checks = [
    ...incompleteGroups(isSet),
    ...contradictions(values, settings),
    ...(settings.production ? insecureUrls(values) : []),
    ...missing(isSet, settings, processName),
  ];
  if (settings.production && processName === 'api') {
    problems.push(...findMissingSettings(settings.features));
  }
  problems.push(...checks.filter(({ name }) => !malformed.has(name)), ...ofFeatures.problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function parseValues(env: NodeJS.ProcessEnv) {
  const values: Partial<Record<SettingName, unknown>> = {};
  const problems: SettingProblem[] = [];
  for (const name of Object.keys(SETTING_DEFINITIONS) as SettingName[]) {
    const definition: SettingDefinition = SETTING_DEFINITIONS[name];
    const text = env[name] || definition.default;
    if (text === null) continue;
    const result = definition.schema.safeParse(text);
    if (!result.success) problems.push({ name, message: result.error.issues[0]!.message });
    else if (isPlaceholder(text, definition)) problems.push({ name, message: 'is a placeholder' });
    else values[name] = result.data;
  }
  return { values: values as SettingValues, problems };
}

/** `.env.example` has a description in brackets where a setting has no usable example. */
function isPlaceholder(text: string, { example }: SettingDefinition): boolean {
  return text === example && text.startsWith('(');
}

function resolve(values: SettingValues): Omit<Settings, 'features'> {
  const production = values.NODE_ENV === 'production';
  const authUrl = values.AUTH_URL ?? `http://localhost:${values.AUTH_PORT}`;
  const apiUrl = values.API_URL ?? `http://localhost:${values.API_PORT}`;
  const databaseUrl = values.DATABASE_URL ?? '';
  return {
    production,
    databaseUrl,
    databaseDirectUrl: values.DATABASE_DIRECT_URL ?? databaseUrl,
    databasePasswords: {
      authServer: values.AUTH_DATABASE_PASSWORD ?? null,
      api: values.API_DATABASE_PASSWORD ?? null,
    },
    databasePoolMax: values.DATABASE_POOL_MAX!,
    authPort: values.AUTH_PORT!,
    apiPort: values.API_PORT!,
    authUrl,
    authInternalUrl: values.AUTH_INTERNAL_URL ?? authUrl,
    apiUrl,
    jwtIssuer: values.JWT_ISSUER ?? authUrl,
    jwtAudience: values.JWT_AUDIENCE ?? apiUrl,
    jwtAlgorithm: values.JWT_ALGORITHM!,
    jwtTtl: values.JWT_TTL!,
    jwksRotation: values.JWKS_ROTATION!,
    jwksGrace: values.JWKS_GRACE!,
    betterAuthSecret: values.BETTER_AUTH_SECRETS?.[0]!.value ?? values.BETTER_AUTH_SECRET ?? '',
    secretVersions: toSecretVersions(values),
    internalSecret: values.INTERNAL_SECRET ?? null,
    adminEmail: values.ADMIN_EMAIL!,
    adminPassword: values.ADMIN_PASSWORD ?? null,
    ...toProviders(values),
    trustedOrigins: values.TRUSTED_ORIGINS ?? [...new Set([authUrl, apiUrl])],
    trustProxy: values.TRUST_PROXY ?? [],
    accessCheck: values.ACCESS_CHECK!,
    accessLease: values.ACCESS_LEASE!,
    smtpUrl: values.SMTP_URL ?? null,
    mailFrom: values.MAIL_FROM ?? `Gatehouse <no-reply@${URL.parse(authUrl)?.hostname}>`,
    requireEmailVerification: values.REQUIRE_EMAIL_VERIFICATION ?? production,
    redisUrl: values.REDIS_URL ?? null,
    rateLimits: RATE_LIMITS[values.RATE_LIMITS ?? (production ? 'on' : 'relaxed')],
    breachedPasswordsUrl: values.BREACHED_PASSWORDS_URL ?? null,
    passwordHashCost: {
      memory: values.PASSWORD_HASH_MEMORY!,
      passes: values.PASSWORD_HASH_PASSES!,
    },
    streamDestinations: values.STREAM_DESTINATIONS!,
    apiDocs: values.API_DOCS!,
    auditRetention: values.AUDIT_RETENTION!,
    shutdownDelay: values.SHUTDOWN_DELAY ?? (production ? 5_000 : 0),
    metricsPort: values.METRICS_PORT ?? null,
    metricsOnProcessPort: values.METRICS_PORT === undefined && !production,
    logLevel: values.LOG_LEVEL!,
  };
}

function toSecretVersions(values: SettingValues): SecretVersions | null {
  const versions = values.BETTER_AUTH_SECRETS;
  if (!versions) return null;
  const [lowest] = versions.toSorted((one, other) => one.version - other.version);
  return { versions, unversioned: values.BETTER_AUTH_SECRET ?? lowest!.value };
}

const COMPLETE_GROUPS: SettingName[][] = [
  ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'],
  ['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET'],
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'],
];

function incompleteGroups(isSet: (name: SettingName) => boolean): SettingProblem[] {
  return COMPLETE_GROUPS.flatMap((group) => {
    const present = group.filter(isSet);
    if (present.length === 0) return [];
    const message = `must be set as well, because ${present.join(' and ')} is set`;
    return group.filter((name) => !isSet(name)).map((name) => ({ name, message }));
  });
}

function contradictions(values: SettingValues, settings: Settings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  // In production each process may run on its own host, with every port free.
  if (!settings.production && settings.authPort === settings.apiPort) {
    problems.push({ name: 'API_PORT', message: 'must differ from AUTH_PORT' });
  }
  if (settings.metricsPort === settings.authPort || settings.metricsPort === settings.apiPort) {
    problems.push({ name: 'METRICS_PORT', message: 'must differ from AUTH_PORT and API_PORT' });
  }
  if (settings.jwksGrace < settings.jwtTtl) {
    problems.push({
      name: 'JWKS_GRACE',
      message: 'must be at least JWT_TTL, or tokens outlive the key that proves them',
    });
  }
  return [
    ...problems,
    ...hashCostContradictions(values, settings),
    ...secretContradictions(values),
  ];
}

function hashCostContradictions(
  values: SettingValues,
  { passwordHashCost, production }: Settings,
): SettingProblem[] {
  const { PASSWORD_HASH_MEMORY: memory, PASSWORD_HASH_PASSES: passes } = values;
  const isReadable = memory !== undefined && passes !== undefined;
  return isReadable ? passwordHashCostProblems(passwordHashCost, { production }) : [];
}

function secretContradictions(values: SettingValues): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const { BETTER_AUTH_SECRET: single, BETTER_AUTH_SECRETS: versions } = values;
  const listed = versions?.map(({ value }) => value) ?? [];
  if (versions && single && !listed.includes(single)) {
    problems.push({
      name: 'BETTER_AUTH_SECRETS',
      message: 'must list the value of BETTER_AUTH_SECRET as one of its versions',
    });
  }
  if (values.INTERNAL_SECRET && [single, ...listed].includes(values.INTERNAL_SECRET)) {
    problems.push({
      name: 'INTERNAL_SECRET',
      message: 'must differ from BETTER_AUTH_SECRET, which the API is not to know',
    });
  }
  return problems;
}

/** URLs that are not set have loopback defaults and need no check. */
function insecureUrls(values: SettingValues): SettingProblem[] {
  const urls: [SettingName, string | undefined][] = [
    ['AUTH_URL', values.AUTH_URL],
    ['API_URL', values.API_URL],
    ['OIDC_ISSUER', values.OIDC_ISSUER],
    ['BREACHED_PASSWORDS_URL', values.BREACHED_PASSWORDS_URL],
    ...(values.TRUSTED_ORIGINS ?? []).map((origin): [SettingName, string] => [
      'TRUSTED_ORIGINS',
      origin,
    ]),
  ];
  return urls
    .filter(([, url]) => url !== undefined && !isSecure(url))
    .map(([name, url]) => ({
      name,
      message: `${url} must use https in production (http is for loopback alone)`,
    }));
}

function isSecure(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isLoopbackHost(hostname);
}

function missing(
  isSet: (name: SettingName) => boolean,
  settings: Settings,
  processName: ProcessName,
): SettingProblem[] {
  const problems: SettingProblem[] = [];
  if (!isSet('DATABASE_URL')) {
    problems.push({
      name: 'DATABASE_URL',
      message: settings.production
        ? 'must be set in production: there is no embedded database'
        : 'must be set, or run `npm start`, which brings an embedded database',
    });
  }
  if (processName !== 'auth') return problems;
  if (!isSet('BETTER_AUTH_SECRET') && !isSet('BETTER_AUTH_SECRETS')) {
    problems.push({
      name: 'BETTER_AUTH_SECRET',
      message: 'must be set, with at least 32 characters',
    });
  }
  if (settings.production && (settings.adminPassword?.length ?? 0) < 12) {
    problems.push({
      name: 'ADMIN_PASSWORD',
      message: 'must be set in production, with at least 12 characters',
    });
  }
  return problems;
}
