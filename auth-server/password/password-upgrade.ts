import type { Pool } from 'pg';
import type { PasswordHasher } from './password-hasher';
import type { Logger } from '../../runtime/logger';

/** While there are old hashes, this is how often it is asked whether some are left, in milliseconds. */
const LOOK_AGAIN_MS = 600_000;

const EXISTS_OLD_HASH = `
  SELECT EXISTS (SELECT FROM account
                  WHERE password IS NOT NULL AND password NOT LIKE '$argon2id$%') AS "exists"`;

/** Of whoever signed in with it, and only while it is still theirs. */
const REPLACE_HASH = `
  UPDATE account SET password = $1
    FROM "user"
   WHERE "user".email = $2 AND account.user_id = "user".id
     AND account.provider_id = 'credential' AND account.password = $3`;

export interface RightPassword {
  email: string;
  password: string;
  /** The hash with which it was found right. */
  hash: string;
}

/** Replaces hashes of an older make with one of today, when the password is at hand. */
export class PasswordUpgrade {
  private lookedAt = -Infinity;

  constructor(private readonly parts: { pool: Pool; hasher: PasswordHasher; logger: Logger }) {}

  /** Learns, now and then, whether any hash is old: that decides what a refused sign-in costs. */
  lookWhenDue(): void {
    const now = performance.now();
    if (!this.parts.hasher.hasOldHashes || now - this.lookedAt < LOOK_AGAIN_MS) return;
    this.lookedAt = now;
    this.inBackground(this.look(), 'old password hashes could not be looked for');
  }

  /** Nobody waits for it, and the next sign-in makes up for a failure. */
  begin(right: RightPassword): void {
    this.inBackground(this.replace(right), 'a password hash could not be renewed');
  }

  private async look(): Promise<void> {
    const { rows } = await this.parts.pool.query<{ exists: boolean }>(EXISTS_OLD_HASH);
    this.parts.hasher.hasOldHashes = rows[0]!.exists;
  }

  private async replace({ email, password, hash }: RightPassword): Promise<void> {
    const { pool, hasher } = this.parts;
    const renewed = await hasher.hash(password);
    await pool.query(REPLACE_HASH, [renewed, email.toLowerCase(), hash]);
  }

  private inBackground(work: Promise<void>, failure: string): void {
    work.catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.parts.logger.warn({ reason }, failure);
    });
  }
}
