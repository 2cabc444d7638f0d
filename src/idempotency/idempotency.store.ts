import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { SealedRequest } from './sealed-request';

/** The result of an attempt to claim the work of a request. */
export type Claim =
  | { kind: 'mine'; attempt: string }
  | { kind: 'running' }
  | { kind: 'in-doubt' }
  | { kind: 'another-request' }
  | { kind: 'answered'; answer: Buffer };

/**
 * One statement, so only one of several parallel callers gets a row. Only an expired row is used
 * again: a row without an answer may belong to completed work.
 */
const CLAIM = `
  INSERT INTO idempotency_key AS held (id, fingerprint, attempt, lease_expires_at, expires_at)
  VALUES ($1, $2, $3, now() + interval '60 seconds', now() + interval '24 hours')
  ON CONFLICT (id) DO UPDATE
     SET fingerprint = excluded.fingerprint, attempt = excluded.attempt, answer = NULL,
         lease_expires_at = excluded.lease_expires_at, expires_at = excluded.expires_at
   WHERE held.expires_at <= now()
  RETURNING attempt`;

const FIND = `
  SELECT fingerprint, answer, lease_expires_at <= now() AS "isInDoubt"
    FROM idempotency_key WHERE id = $1 AND expires_at > now()`;

/** An attempt whose row has expired and was used again changes nothing. */
const KEEP = 'UPDATE idempotency_key SET answer = $3 WHERE id = $1 AND attempt = $2';
const RELEASE = 'DELETE FROM idempotency_key WHERE id = $1 AND attempt = $2';
const DOUBT = 'UPDATE idempotency_key SET lease_expires_at = now() WHERE id = $1 AND attempt = $2';

interface Row {
  fingerprint: Buffer;
  answer: Buffer | null;
  /** The attempt has ended, or its process has, and no answer is known. */
  isInDoubt: boolean;
}

/** Requests with a key, shared by all replicas. */
@Injectable()
export class IdempotencyStore {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async claim({ id, fingerprint }: SealedRequest): Promise<Claim> {
    const attempt = randomUUID();
    const claimed = await this.dataSource.query<object[]>(CLAIM, [id, fingerprint, attempt]);
    if (claimed.length > 0) return { kind: 'mine', attempt };
    const [row] = await this.dataSource.query<Row[]>(FIND, [id]);
    // The row was released between the two statements: the next attempt of the caller can
    // claim it.
    if (!row) return { kind: 'running' };
    if (!row.fingerprint.equals(fingerprint)) return { kind: 'another-request' };
    if (row.answer) return { kind: 'answered', answer: row.answer };
    return { kind: row.isInDoubt ? 'in-doubt' : 'running' };
  }

  /** From now on a repeated request gets this answer. */
  async keep({ id }: SealedRequest, attempt: string, answer: Buffer): Promise<void> {
    await this.dataSource.query(KEEP, [id, attempt, answer]);
  }

  /** A repeated request can do the work again. */
  async release({ id }: SealedRequest, attempt: string): Promise<void> {
    await this.dataSource.query(RELEASE, [id, attempt]);
  }

  /** A repeated request is answered with an unknown outcome. */
  async markInDoubt({ id }: SealedRequest, attempt: string): Promise<void> {
    await this.dataSource.query(DOUBT, [id, attempt]);
  }
}
