import { createHash } from 'node:crypto';

/** The `hashed` format of the provider for secrets, tokens and codes: SHA-256 of random bits. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Kinds of proofs whose value is the id of their user. The kind stays readable for SQL. */
const KINDS = /^(reset-password:|trust-device-|2fa-|used-link-|used-code-|delete-account-)/;

/**
 * How an identifier is stored: a link, a state or an authorization code contains it, so the
 * database holds its hash (SHA-256, base64url). The kind comes before it.
 *
 * Better-Auth also finds rows of earlier versions, whose identifier is in clear, until they expire.
 */
export function toStoredIdentifier(identifier: string): string {
  const kind = KINDS.exec(identifier)?.[0] ?? '';
  return kind + hashToken(identifier);
}

/** Option `storeIdentifier` of Better-Auth. */
export const STORED_IDENTIFIERS = {
  hash: (identifier: string) => Promise.resolve(toStoredIdentifier(identifier)),
};
