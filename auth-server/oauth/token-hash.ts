import { createHash } from 'node:crypto';

/** The `hashed` format of the provider for secrets, tokens and codes: SHA-256 of random bits. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
