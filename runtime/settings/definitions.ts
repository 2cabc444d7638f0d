import { z } from 'zod';
import { SIGNATURE_ALGORITHMS } from '../../contract';
import { CONTROLS } from '../plain-text';
import { databaseUrl } from './database-url';
import * as is from './values';

/** One environment variable: its valid values, and its text in `.env.example` and docs/settings.md. */
export interface SettingDefinition<T = unknown> {
  schema: z.ZodType<T, string>;
  /** Text used when the variable is unset; `null`: there is no value then. */
  default: string | null;
  /** Shown in place of the default where the default is derived from other settings. */
  defaultNote?: string;
  meaning: string;
  /** A value that is accepted, for `.env.example` when there is no default. */
  example?: string;
  /** The processes that read it. Default: the auth server and the API. */
  readBy?: readonly ProcessName[];
}

/** A process that is started from this repository. */
export type ProcessName = 'auth' | 'api' | 'migrate';

const EVERY_PROCESS: readonly ProcessName[] = ['migrate', 'auth', 'api'];
/** For what only the owner of the database does. */
const MIGRATIONS_ONLY: readonly ProcessName[] = ['migrate'];
/** For secrets that the API must not know, and for what only the issuer of sessions does. */
const AUTH_SERVER_ONLY: readonly ProcessName[] = ['auth'];

/** @returns the processes that a deployment must pass the setting to. */
export function processesOf({ readBy = ['auth', 'api'] }: SettingDefinition) {
  return readBy;
}

function define<T>(definition: SettingDefinition<T>): SettingDefinition<T> {
  return definition;
}

/**
 * Every setting of both processes, in the order of the documents made from it. An empty
 * value counts as unset, as in compose files.
 */
export const SETTING_DEFINITIONS = {
  NODE_ENV: define({
    schema: is.oneOf('development', 'test', 'production'),
    default: 'development',
    meaning:
      '`production` refuses development defaults: no secret, embedded database, generated admin password, http origins other than loopback',
    readBy: EVERY_PROCESS,
  }),
  DATABASE_URL: define({
    schema: databaseUrl,
    default: null,
    defaultNote: 'embedded PostgreSQL under `.data/`',
    meaning: 'PostgreSQL 14 to 18, Neon, or a pooler in transaction mode',
    example: 'postgres://gatehouse:password@localhost:5432/gatehouse',
    readBy: EVERY_PROCESS,
  }),
  DATABASE_DIRECT_URL: define({
    schema: databaseUrl,
    default: null,
    defaultNote: '`DATABASE_URL`',
    meaning: 'unpooled connection for migrations and LISTEN',
    example: 'postgres://gatehouse:password@localhost:5432/gatehouse',
    readBy: EVERY_PROCESS,
  }),
  AUTH_DATABASE_PASSWORD: define({
    schema: is.secret(16),
    default: null,
    defaultNote: 'the login is left as it is',
    meaning:
      'password of the login `gatehouse_auth`, which `npm run migrate` then creates or changes; it becomes part of the `DATABASE_URL` of the auth server',
    example: '(openssl rand -hex 24)',
    readBy: MIGRATIONS_ONLY,
  }),
  API_DATABASE_PASSWORD: define({
    schema: is.secret(16),
    default: null,
    defaultNote: 'the login is left as it is',
    meaning: 'the same for the login `gatehouse_api` of the API',
    example: '(openssl rand -hex 24)',
    readBy: MIGRATIONS_ONLY,
  }),
  DATABASE_POOL_MAX: define({
    schema: is.wholeNumber(1, 1000),
    default: '10',
    meaning: 'connections for each process',
  }),
  AUTH_PORT: define({
    schema: is.port,
    default: '3000',
    meaning: 'listen port of the auth server',
  }),
  API_PORT: define({ schema: is.port, default: '8000', meaning: 'listen port of the API' }),
  AUTH_URL: define({
    schema: is.baseUrl,
    default: null,
    defaultNote: '`http://localhost:$AUTH_PORT`',
    meaning: 'public base URL of the auth server; default issuer',
    example: 'https://auth.example.com',
  }),
  AUTH_INTERNAL_URL: define({
    schema: is.baseUrl,
    default: null,
    defaultNote: '`AUTH_URL`',
    meaning: 'how the API reaches the auth server',
    example: 'http://auth:3000',
  }),
  API_URL: define({
    schema: is.baseUrl,
    default: null,
    defaultNote: '`http://localhost:$API_PORT`',
    meaning: 'public base URL of the API; default audience',
    example: 'https://api.example.com',
  }),
  JWT_ISSUER: define({
    schema: is.issuer,
    default: null,
    defaultNote: '`AUTH_URL`',
    meaning:
      'issuer of access tokens, compared exactly; the authorization server needs an http(s) URL',
    example: 'https://auth.example.com',
  }),
  JWT_AUDIENCE: define({
    schema: is.stringOrUri,
    default: null,
    defaultNote: '`API_URL`',
    meaning: 'audience of access tokens, compared exactly; the authorization server needs a URI',
    example: 'https://api.example.com',
  }),
  JWT_ALGORITHM: define({
    schema: is.oneOf(...SIGNATURE_ALGORITHMS),
    default: 'RS256',
    meaning: 'algorithm of the signatures of tokens; the API accepts this one alone',
  }),
  JWT_TTL: define({
    schema: is.wholeSeconds('1s', '24h'),
    default: '15m',
    meaning: 'lifetime of an access token',
  }),
  JWKS_ROTATION: define({
    schema: is.wholeSeconds('1s', '3650d'),
    default: '30d',
    meaning: 'how long a signing key signs before the next one takes over',
    readBy: AUTH_SERVER_ONLY,
  }),
  JWKS_GRACE: define({
    schema: is.wholeSeconds('1s', '3650d'),
    default: '30d',
    meaning: 'how long an old signing key stays published; at least `JWT_TTL`',
    readBy: AUTH_SERVER_ONLY,
  }),
  BETTER_AUTH_SECRET: define({
    schema: is.secret(32),
    default: null,
    defaultNote: 'generated once into `.data/` in development',
    meaning: 'signs cookies and encrypts private signing keys; auth server only',
    example: '(openssl rand -base64 48)',
    readBy: AUTH_SERVER_ONLY,
  }),
  BETTER_AUTH_SECRETS: define({
    schema: is.secretVersions(32),
    default: null,
    meaning:
      'versions of that secret, as `2:<secret>,1:<secret>`: the first signs and encrypts, the others still verify and decrypt ([rotation](operations/secrets.md)); with `BETTER_AUTH_SECRET`, its value must be one of them; auth server only',
    example: '(2:<new secret>,1:<old secret>)',
    readBy: AUTH_SERVER_ONLY,
  }),
  INTERNAL_SECRET: define({
    schema: is.secret(32),
    default: null,
    defaultNote: 'derived from a secret in the database',
    meaning:
      'shared by both processes: proves to the auth server that a call or a client address comes from the API',
    example: '(openssl rand -base64 48)',
  }),
  ADMIN_EMAIL: define({
    schema: is.email,
    default: 'admin@example.com',
    meaning: 'first administrator, made at start when no administrator exists',
    readBy: AUTH_SERVER_ONLY,
  }),
  ADMIN_PASSWORD: define({
    schema: is
      .unquoted(
        z
          .string()
          .min(8, 'must have at least 8 characters')
          .max(128, 'must have at most 128 characters'),
      )
      // A file of a secret ends with a newline.
      .refine((password) => !CONTROLS.test(password) && password === password.trim(), {
        message: 'must have no line break, and no blanks around it: a sign-in form sends none',
      })
      .describe('8 to 128 characters'),
    default: null,
    defaultNote: 'generated and printed once in development',
    meaning: 'password of the first administrator; in production required, at least 12 characters',
    example: '(a long passphrase)',
    readBy: AUTH_SERVER_ONLY,
  }),
  GOOGLE_CLIENT_ID: define({
    schema: is.unquoted(is.text),
    default: null,
    meaning:
      'with its secret: sign-in with Google; redirect URI to register: `$AUTH_URL/api/auth/callback/google`',
    example: '(client id)',
    readBy: AUTH_SERVER_ONLY,
  }),
  GOOGLE_CLIENT_SECRET: define({
    schema: is.unquoted(is.text),
    default: null,
    meaning: 'see `GOOGLE_CLIENT_ID`; half a pair is an error',
    example: '(client secret)',
    readBy: AUTH_SERVER_ONLY,
  }),
  GITHUB_CLIENT_ID: define({
    schema: is.unquoted(is.text),
    default: null,
    meaning:
      'with its secret: sign-in with GitHub; redirect URI to register: `$AUTH_URL/api/auth/callback/github`',
    example: '(client id)',
    readBy: AUTH_SERVER_ONLY,
  }),
  GITHUB_CLIENT_SECRET: define({
    schema: is.unquoted(is.text),
    default: null,
    meaning: 'see `GITHUB_CLIENT_ID`; half a pair is an error',
    example: '(client secret)',
    readBy: AUTH_SERVER_ONLY,
  }),
  OIDC_ISSUER: define({
    schema: is.url('http:', 'https:'),
    default: null,
    meaning:
      'any OpenID Connect provider, by discovery, as it writes its own issuer; redirect URI to register: `$AUTH_URL/api/auth/callback/oidc`; before another provider, change the database ([guide](guides/federation.md#another-openid-connect-provider))',
    example: 'https://login.example.com',
    readBy: AUTH_SERVER_ONLY,
  }),
  OIDC_CLIENT_ID: define({
    schema: is.unquoted(is.text),
    default: null,
    meaning: 'client id at that provider',
    example: '(client id)',
    readBy: AUTH_SERVER_ONLY,
  }),
  OIDC_CLIENT_SECRET: define({
    schema: is.unquoted(is.text),
    default: null,
    meaning: 'client secret at that provider; a part of the three is an error',
    example: '(client secret)',
    readBy: AUTH_SERVER_ONLY,
  }),
  SMTP_URL: define({
    schema: is.url('smtp:', 'smtps:'),
    default: null,
    meaning:
      'mail server, in production with TLS ([forms](operations/mail.md#the-mail-server)); unset in development: mails are kept and can be read at `GET /dev/mailbox` of the auth server',
    example: 'smtp://localhost:1025',
    readBy: AUTH_SERVER_ONLY,
  }),
  MAIL_FROM: define({
    schema: is.unquoted(
      z
        .string()
        .regex(
          /^([^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
          'must be an address like Gatehouse <no-reply@example.com>',
        ),
    ),
    default: null,
    defaultNote: '`no-reply@` the host of `AUTH_URL`',
    meaning: 'sender of mails',
    example: 'Gatehouse <no-reply@example.com>',
    readBy: AUTH_SERVER_ONLY,
  }),
  TRUSTED_ORIGINS: define({
    schema: is.originList,
    default: null,
    defaultNote: '`AUTH_URL,API_URL`',
    meaning:
      'comma-separated origins: CORS and CSRF allow list, exact match; `AUTH_URL` and `API_URL` are always on it',
    example: 'https://app.example.com,https://api.example.com',
  }),
  TRUST_PROXY: define({
    schema: is.addressList,
    default: null,
    meaning: 'IP addresses or CIDR blocks whose `X-Forwarded-For` is trusted',
    example: '10.0.0.0/8',
  }),
  REDIS_URL: define({
    schema: is.url('redis:', 'rediss:'),
    default: null,
    meaning:
      'shared rate-limit counters when several replicas run; unset: the auth servers share theirs in PostgreSQL, and each replica of the API counts alone',
    example: 'redis://localhost:6379',
  }),
  RATE_LIMITS: define({
    schema: is.oneOf('on', 'relaxed', 'off'),
    default: null,
    defaultNote: '`on` in production, else `relaxed`',
    meaning:
      'limits for each account and each IP address; `relaxed`: four times as many guesses at one account, a hundred times as much of everything else; `off`: only the limits that protect the processes and the second factor ([which](operations/limits.md#rate_limits))',
    example: 'on',
  }),
  BREACHED_PASSWORDS_URL: define({
    schema: is.url('http:', 'https:'),
    default: null,
    meaning:
      'range endpoint of a breached-password service with the protocol of Have I Been Pwned, which receives five characters of a hash; unset: new passwords are compared with the list of common ones only',
    example: 'https://api.pwnedpasswords.com/range/',
    readBy: AUTH_SERVER_ONLY,
  }),
  PASSWORD_HASH_MEMORY: define({
    schema: is.wholeNumber(8, 262_144),
    default: '47104',
    meaning:
      'memory of one password hash (argon2id) in KiB; in production at least 47104 with one pass, 19456 with two, 12288 with three, 9216 with four or 7168 with five ([sizes](security/password.md#cost-of-a-hash)); the same for all auth servers',
    readBy: AUTH_SERVER_ONLY,
  }),
  PASSWORD_HASH_PASSES: define({
    schema: is.wholeNumber(1, 16),
    default: '1',
    meaning: 'passes of one password hash over its memory',
    readBy: AUTH_SERVER_ONLY,
  }),
  STREAM_DESTINATIONS: define({
    schema: is.oneOf('public', 'any'),
    default: 'public',
    meaning:
      'where security events may be pushed to: `public` is https to public IP addresses, `any` also allows http and private networks (development and tests)',
    readBy: AUTH_SERVER_ONLY,
  }),
  ACCESS_CHECK: define({
    schema: is.oneOf('live', 'strict', 'token'),
    default: 'live',
    meaning:
      'the check after the signature: `live` and `strict` check session and user, `token` does not',
  }),
  ACCESS_LEASE: define({
    schema: is.duration('100ms', '60s'),
    default: '1s',
    meaning:
      'longest time that a replica trusts its memory without a new proof that it receives changes',
  }),
  REQUIRE_EMAIL_VERIFICATION: define({
    schema: is.yesOrNo('true', 'false'),
    default: null,
    defaultNote: '`true` in production, else `false`',
    meaning: 'no sign-in before the e-mail address is verified',
    example: 'true',
  }),
  AUDIT_RETENTION: define({
    schema: is.duration('1d', '36500d'),
    default: '400d',
    meaning: 'how long audit events are kept; a shorter time takes effect after seven days',
  }),
  SHUTDOWN_DELAY: define({
    schema: is.duration('0s', '5m'),
    default: null,
    defaultNote: '`5s` in production, else `0s`',
    meaning:
      'how long a process that stops still accepts connections while its readiness answers 503: longer than the interval at which the load balancer checks',
    example: '5s',
  }),
  METRICS_PORT: define({
    schema: is.port,
    default: null,
    defaultNote: 'the port of the process; in production no metrics',
    meaning:
      'port of `GET /metrics` (Prometheus), to be kept from the public; one for each process of a host: `npm start` gives the auth server the next one',
    example: '9464',
  }),
  API_DOCS: define({
    schema: is.yesOrNo('on', 'off'),
    default: 'on',
    meaning: 'Swagger UI at `/docs` and the OpenAPI documents of the API',
  }),
  LOG_LEVEL: define({
    schema: is.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
    meaning: 'least severe log line that is written',
    readBy: EVERY_PROCESS,
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: define({
    schema: is.url('http:', 'https:'),
    default: null,
    meaning:
      'base URL of an OTLP/HTTP collector, to which both processes send traces of requests and SQL statements; unset: tracing is off',
    example: 'http://localhost:4318',
  }),
};

export type SettingName = keyof typeof SETTING_DEFINITIONS;

/** Parsed values by name; `undefined` where a variable is unset and has no default. */
export type SettingValues = {
  [Name in SettingName]: (typeof SETTING_DEFINITIONS)[Name] extends SettingDefinition<infer T>
    ? T | undefined
    : never;
};
