import { createHmac } from 'node:crypto';
import {
  constantTimeEqual,
  parseEnvelope,
  type SecretConfig,
  symmetricEncrypt,
} from 'better-auth/crypto';
import type { AuthConfig } from './config';

/** One secret, or its versions (docs/operations/secrets.md). */
export type Secrets = Pick<AuthConfig, 'betterAuthSecret' | 'secretVersions'>;

/** One secret, or its versions, as Better-Auth encrypts and decrypts with them. */
export type CipherKey = string | SecretConfig;

/** The key of `encryptStored`, and of Better-Auth's `symmetricDecrypt`. */
export function toCipherKey({ betterAuthSecret, secretVersions }: Secrets): CipherKey {
  if (secretVersions === null) return betterAuthSecret;
  const { versions, unversioned } = secretVersions;
  return {
    keys: new Map(versions.map(({ version, value }) => [version, value])),
    currentVersion: versions[0]!.version,
    legacySecret: unversioned,
  };
}

/** Encrypts data for the database. */
export async function encryptStored(data: string, key: CipherKey): Promise<string> {
  return toStoredText(await symmetricEncrypt({ key, data }), key);
}

/**
 * The form in which an encrypted text is stored. While a new version is announced, the current one
 * is still the secret of data without a version. Then the text names no version, as before: an
 * auth server that has not restarted yet can have one secret alone, and reads no other text.
 */
export function toStoredText(encrypted: string, key: CipherKey): string {
  if (typeof key === 'string' || key.keys.size === 1) return encrypted;
  if (key.keys.get(key.currentVersion) !== key.legacySecret) return encrypted;
  return parseEnvelope(encrypted)?.ciphertext ?? encrypted;
}

/** Whether a text that can be decrypted is encrypted with the current secret. */
export function isCurrent(encrypted: string, key: CipherKey): boolean {
  // Without versions there is only one secret.
  if (typeof key === 'string') return true;
  const envelope = parseEnvelope(encrypted);
  if (envelope) return envelope.version === key.currentVersion;
  return key.keys.get(key.currentVersion) === key.legacySecret;
}

/** The options of Better-Auth for the same. */
export function toSecretOptions({ betterAuthSecret, secretVersions }: Secrets) {
  if (secretVersions === null) return { secret: betterAuthSecret };
  return { secret: secretVersions.unversioned, secrets: secretVersions.versions };
}

/** All secrets, the current one first. */
export function listSecrets({ betterAuthSecret, secretVersions }: Secrets): string[] {
  return secretVersions?.versions.map(({ value }) => value) ?? [betterAuthSecret];
}

/**
 * The secret of keys of counters: it stays the same until its version is removed, so a new version
 * resets no counter.
 */
export function findLastingSecret({ betterAuthSecret, secretVersions }: Secrets): string {
  return secretVersions?.unversioned ?? betterAuthSecret;
}

/** What the encryption of stored data with the current secret did. */
export interface Renewal {
  /** Rows that are encrypted with the current secret from now on. */
  renewed: number;
  /** Rows whose secret is missing. They are unchanged. */
  unreadable: number;
}

/** How a text was signed: HMAC-SHA-256. */
export interface Signed {
  text: string;
  signature: string;
  encoding: 'base64' | 'base64url';
}

/**
 * @returns the signature of the text by the current secret, when the given one is by a former
 *   secret; otherwise `null`.
 */
export function renewSignature({ text, signature, encoding }: Signed, secrets: Secrets) {
  const [current, ...former] = listSecrets(secrets);
  const sign = (secret: string) => createHmac('sha256', secret).update(text).digest(encoding);
  const isFormer = former.some((secret) => constantTimeEqual(signature, sign(secret)));
  return isFormer ? sign(current!) : null;
}

/** A token of a mail (JWT, HS256) that a former secret has signed gets a new signature. */
export function renewMailToken(token: string, secrets: Secrets): string {
  const [header, payload, signature, ...more] = token.split('.');
  if (payload === undefined || signature === undefined || more.length > 0) return token;
  const text = `${header}.${payload}`;
  const renewed = renewSignature({ text, signature, encoding: 'base64url' }, secrets);
  return renewed === null ? token : `${text}.${renewed}`;
}

/** The parameter of the signature in an authorization request that waits for the user. */
export const QUERY_SIGNATURE = 'sig';

/** What the authorization server signs: all other parameters, sorted. */
export function toSignedText(query: URLSearchParams): string {
  const rest = [...query].filter(([name]) => name !== QUERY_SIGNATURE).sort(byText);
  return new URLSearchParams(rest).toString();
}

/** Sorted by name, then by value, by code unit. */
function byText(one: [string, string], other: [string, string]): number {
  return compare(one[0], other[0]) || compare(one[1], other[1]);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** A request that a former secret has signed gets a new signature. */
export function renewAuthorizationQuery(text: string, secrets: Secrets): string {
  const query = new URLSearchParams(text);
  const [signature, ...more] = query.getAll(QUERY_SIGNATURE);
  if (signature === undefined || more.length > 0) return text;
  const signed = { text: toSignedText(query), signature, encoding: 'base64' } as const;
  const renewed = renewSignature(signed, secrets);
  if (renewed === null) return text;
  query.set(QUERY_SIGNATURE, renewed);
  return query.toString();
}
