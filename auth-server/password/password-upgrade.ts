import type { Pool } from 'pg';
import { REHASH_BASIS } from '../../contract';
import { MOST_KINDS, type PasswordHasher } from './password-hasher';
import type { Logger } from '../../runtime/logger';
import { runOptionalStatements } from '../../runtime/database/database-scope';
import { toReason } from '../../runtime/fault-state';

/** The interval of queries for old hashes in milliseconds, while there are some. */
const QUERY_INTERVAL_MS = 600_000;

/** One stored hash of each kind (`hash-format.ts`) that is not the current one. */
const SELECT_OLD_KINDS = `
  SELECT min(password) AS example
    FROM account
   WHERE password IS NOT NULL AND NOT starts_with(password, $1)
   GROUP BY CASE WHEN starts_with(password, '$argon2')
                 THEN substring(password FROM '^[$][^$]+[$][^$]+[$][^$]+')
                 ELSE coalesce(substring(password FROM '^[$][^$]+[$][^$]+'), '') END
   LIMIT ${MOST_KINDS}`;

/** Replaces the hash that was checked, if it is still stored. */
const REPLACE_HASH = `
  UPDATE account SET password = $1, basis = '${REHASH_BASIS}'
    FROM "user"
   WHERE "user".email = $2 AND account.user_id = "user".id
     AND account.provider_id = 'credential' AND account.password = $3`;

export interface VerifiedPassword {
  email: string;
  password: string;
  /** The hash that the password matched. */
  hash: string;
}

/** Replaces old hashes when a sign-in provides the password. */
export class PasswordUpgrade {
  private queriedAt = -Infinity;

  constructor(private readonly parts: { pool: Pool; hasher: PasswordHasher; logger: Logger }) {}

  /** Queries the database for old hashes, at most once in the interval. */
  queryOldHashes(): void {
    const now = performance.now();
    if (!this.parts.hasher.hasOldHashes || now - this.queriedAt < QUERY_INTERVAL_MS) return;
    this.queriedAt = now;
    this.inBackground(() => this.readOldHashes(), 'the query for old password hashes failed');
  }

  /** Runs in the background. After a failure the next sign-in tries again. */
  begin(right: VerifiedPassword): void {
    this.inBackground(() => this.replace(right), 'a password hash could not be renewed');
  }

  private async readOldHashes(): Promise<void> {
    const { rows } = await this.parts.pool.query<{ example: string }>(SELECT_OLD_KINDS, [
      `${this.parts.hasher.currentKind}$`,
    ]);
    this.parts.hasher.setOldHashes(rows.map(({ example }) => example));
  }

  private async replace({ email, password, hash }: VerifiedPassword): Promise<void> {
    const { pool, hasher } = this.parts;
    const renewed = await hasher.hash(password);
    await pool.query(REPLACE_HASH, [renewed, email.toLowerCase(), hash]);
  }

  private inBackground(work: () => Promise<void>, failure: string): void {
    runOptionalStatements(work).catch((error: unknown) => {
      this.parts.logger.warn({ reason: toReason(error) }, failure);
    });
  }
}
