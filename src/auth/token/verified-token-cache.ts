import { hash } from 'node:crypto';
import { timeProblem, type TokenTimes } from './token-times';
import type { VerificationKey } from './verification-key';
import type { AccessTokenClaims } from '../../../contract';

/** A token with a verified signature and verified claims. */
export interface VerifiedToken<Claims extends TokenTimes = AccessTokenClaims> {
  claims: Claims;
  /** Not before, in seconds since the epoch, when the token has it. */
  nbf?: number;
  /** The key that verified it. */
  key: VerificationKey;
}

export interface VerifiedTokensOptions {
  /** The most tokens that are kept. */
  maxEntries?: number;
  /** The limit of memory in bytes, estimated by {@link sizeOf}. */
  maxBytes?: number;
}

interface Entry<Claims extends TokenTimes> extends VerifiedToken<Claims> {
  bytes: number;
}

/** Size of an entry without the texts of its claims, an upper bound: the benchmark measures less. */
const ENTRY_BYTES = 512;

/**
 * The tokens that were verified before. A repeated token is not verified again. Its times (`exp`,
 * `nbf`, `iat`) are checked at each look-up. Its session is not checked here.
 *
 * The key of an entry is the SHA-256 of the whole token, so a changed token is not found. The
 * token itself is not kept: a dump of the memory contains no token. When the limit is reached, the
 * oldest entries are deleted: they expire first, and a look-up changes nothing.
 */
export class VerifiedTokens<Claims extends TokenTimes = AccessTokenClaims> {
  private readonly entries = new Map<string, Entry<Claims>>();
  private readonly maxEntries: number;
  private readonly maxBytes: number;
  private totalBytes = 0;

  constructor({ maxEntries = 50_000, maxBytes = 64 * 1024 * 1024 }: VerifiedTokensOptions = {}) {
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
  }

  get size(): number {
    return this.entries.size;
  }

  /** The estimated size of all entries in bytes. */
  get bytes(): number {
    return this.totalBytes;
  }

  /** A token that is known and in force now, or `null`. */
  find(token: string): VerifiedToken<Claims> | null {
    const id = idOf(token);
    const entry = this.entries.get(id);
    if (!entry) return null;
    if (isInForce(entry)) return entry;
    this.delete(id, entry);
    return null;
  }

  add(token: string, verified: VerifiedToken<Claims>): void {
    const id = idOf(token);
    const known = this.entries.get(id);
    if (known) this.delete(id, known);
    const entry = { ...verified, bytes: sizeOf(token) };
    this.entries.set(id, entry);
    this.totalBytes += entry.bytes;
    this.makeRoom();
  }

  /** Removes every token that the key has verified. */
  forgetKey(key: VerificationKey): void {
    for (const [id, entry] of this.entries) if (entry.key === key) this.delete(id, entry);
  }

  /** Removes the oldest entries while there are too many or they have expired. */
  private makeRoom(): void {
    for (const [id, entry] of this.entries) {
      const fits = this.size <= this.maxEntries && this.totalBytes <= this.maxBytes;
      if (fits && isInForce(entry)) return;
      this.delete(id, entry);
    }
  }

  private delete(id: string, entry: Entry<Claims>): void {
    this.entries.delete(id);
    this.totalBytes -= entry.bytes;
  }
}

function isInForce({ claims: { exp, iat }, nbf }: VerifiedToken<TokenTimes>): boolean {
  return timeProblem({ exp, iat, nbf }) === null;
}

function idOf(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** The claims are a part of the token and need less memory. */
function sizeOf(token: string): number {
  return ENTRY_BYTES + token.length;
}
