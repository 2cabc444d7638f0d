import { createHmac } from 'node:crypto';
import { constantTimeEqual, type SecretConfig } from 'better-auth/crypto';
import type { AuthConfig } from './config';

/** One secret, or its versions (docs/operations/secrets.md). */
export type Secrets = Pick<AuthConfig, 'betterAuthSecret' | 'secretVersions'>;

/** The key of Better-Auth's `symmetricEncrypt` and `symmetricDecrypt`. */
export function toCipherKey({ betterAuthSecret, secretVersions }: Secrets): string | SecretConfig {
  if (secretVersions === null) return betterAuthSecret;
  const { versions, unversioned } = secretVersions;
  return {
    keys: new Map(versions.map(({ version, value }) => [version, value])),
    currentVersion: versions[0]!.version,
    legacySecret: unversioned,
  };
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
