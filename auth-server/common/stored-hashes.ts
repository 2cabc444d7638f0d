import { createHash } from 'node:crypto';
import { APIError } from 'better-auth/api';

/** The `hashed` format of the provider for secrets, tokens and codes: SHA-256 of random bits. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Kinds of proofs whose value is the id of their user. The kind stays readable for SQL. */
const KINDS = /^(reset-password:|trust-device-|2fa-|used-link-|used-code-|delete-account-)/;

/** Whether it is of one of these kinds. */
export function hasUserAsValue(identifier: string): boolean {
  return KINDS.test(identifier);
}

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

/** What is stored of a password link. The code of its mail has 24 characters. */
const STORED_LINK = /^reset-password:[\w-]{43}$/;

const INVALID_LINK = { code: 'INVALID_TOKEN', message: 'Invalid token' };

/**
 * Option `storeIdentifier` of Better-Auth. Better-Auth looks for a row in clear after the hash, and
 * would accept what is stored of a link as its code. The identifiers of other proofs are signed.
 */
export const STORED_IDENTIFIERS = {
  hash: async (identifier: string) => {
    if (STORED_LINK.test(identifier)) throw new APIError('BAD_REQUEST', INVALID_LINK);
    return toStoredIdentifier(identifier);
  },
};
