import { z } from 'zod';
import { findNearestName } from './nearest-name';

/** The parameters of a URL that `pg` and `pg-connection-string` read. */
const OF_DRIVER = [
  'host port user password db encoding client_encoding binary options replication',
  'application_name fallback_application_name',
  'statement_timeout lock_timeout idle_in_transaction_session_timeout query_timeout',
  'ssl sslmode sslcert sslkey sslrootcert sslnegotiation uselibpqcompat',
];

/**
 * Those that only libpq reads, in URLs of hosted databases:
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
 */
const OF_LIBPQ = [
  'hostaddr dbname passfile service servicefile require_auth channel_binding requirepeer',
  'connect_timeout keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout',
  'sslcompression sslpassword sslcertmode sslcrl sslcrldir sslsni sslkeylogfile',
  'ssl_min_protocol_version ssl_max_protocol_version min_protocol_version max_protocol_version',
  'gssencmode gsslib gssdelegation krbsrvname target_session_attrs load_balance_hosts',
  'scram_client_key scram_server_key oauth_issuer oauth_client_id oauth_client_secret oauth_scope',
];

const PARAMETERS = [...OF_DRIVER, ...OF_LIBPQ].flatMap((names) => names.split(' '));

const FORM =
  'must be a URL like postgres://user:password@host:5432/database, special characters percent-encoded';

/**
 * `postgres://…` or `postgresql://…` with a database name; the host may be a socket directory. The
 * driver does not read a parameter that it does not know: with `sslmod=verify-full`, it sends the
 * password and all data without TLS.
 */
export const databaseUrl = z
  .string()
  .refine(isDatabaseUrl, FORM)
  .refine(hasOneHost, 'must name one host: a name or an address that leads to the primary')
  .refine(
    (text) => URL.parse(text)?.searchParams.get('sslrootcert') !== 'system',
    'must not have sslrootcert=system: without sslrootcert, the authorities of Node.js are trusted',
  )
  .refine((text) => findUnknown(text).length === 0, {
    error: ({ input }) => describe(findUnknown(String(input))),
  })
  .refine((text) => findWithoutOneValue(text).length === 0, {
    error: ({ input }) => {
      const names = findWithoutOneValue(String(input));
      return `must give each parameter one value: ${names.join(', ')}`;
    },
  });

function isDatabaseUrl(text: string): boolean {
  const parsed = /^postgres(ql)?:\/\/\S+$/.test(text) ? URL.parse(text) : null;
  return parsed !== null && parsed.pathname.length > 1 && isPercentEncoded(text);
}

/** The driver takes a list of hosts, as libpq accepts it, for the name of one. */
function hasOneHost(text: string): boolean {
  const { hostname, searchParams } = URL.parse(text) ?? {};
  return ![hostname, searchParams?.get('host')].some((host) => host?.includes(','));
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function findUnknown(text: string): string[] {
  const names = [...(URL.parse(text)?.searchParams.keys() ?? [])];
  return names.filter((name) => !PARAMETERS.includes(name));
}

/** Those without a value, or with several: the driver takes the last one, and `sslmode=` for no TLS. */
function findWithoutOneValue(text: string): string[] {
  const { searchParams = new URLSearchParams() } = URL.parse(text) ?? {};
  const known = PARAMETERS.filter((name) => searchParams.has(name));
  return known.filter((name) => {
    const [value, ...others] = searchParams.getAll(name);
    return value === '' || others.length > 0;
  });
}

/** A `?` in a password that is not percent-encoded begins such names: these are not repeated. */
function describe(unknown: string[]): string {
  if (!unknown.every((name) => /^[A-Za-z_]{1,40}$/.test(name))) return FORM;
  const list = unknown.map((name) => {
    const nearest = findNearestName(name.toLowerCase(), PARAMETERS);
    return nearest === null ? name : `${name} (${nearest}?)`;
  });
  return `has parameters that PostgreSQL does not know: ${list.join(', ')}`;
}
