import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { MailSeal } from './mail-seal';
import type { Message } from './link-mails';

/** The lifetime of a mail that sets none, in milliseconds. */
const LIFETIME_MS = 86_400_000;

const ADD = `
  INSERT INTO mail_queue (id, sealed, expires_at)
  VALUES ($1, $2, now() + $3 * interval '1 millisecond')`;

/**
 * Takes the next mails. Another process takes other rows, and these rows only after the lease.
 * The selection is an `ARRAY`, as in a cleanup (`runtime/jobs/cleanup.ts`).
 */
const TAKE = `
  UPDATE mail_queue
     SET attempts = attempts + 1, due_at = now() + $2 * interval '1 millisecond'
   WHERE id = ANY (ARRAY(SELECT id FROM mail_queue WHERE due_at <= now()
                          ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED))
  RETURNING id, sealed, attempts, expires_at <= now() AS "isExpired"`;

/** Only while no other process has taken the mail since. */
const POSTPONE = `
  UPDATE mail_queue SET due_at = now() + $3 * interval '1 millisecond'
   WHERE id = $1 AND attempts = $2`;

const SELECT_STATE = `
  SELECT count(*)::int AS "length",
         extract(epoch FROM min(due_at) - now())::float8 * 1000 AS "nextMs"
    FROM mail_queue`;

/** A mail that this process has taken. */
export interface TakenMail {
  id: string;
  /** The number of times that it was taken, with this time. */
  attempts: number;
  isExpired: boolean;
  /** `null`: sealed with an unknown secret. */
  message: Message | null;
}

export interface QueueState {
  length: number;
  /** Milliseconds until the next mail can be sent; `null`: none waits. */
  nextMs: number | null;
}

/** The waiting mails, in a table that all auth servers share. */
export class MailQueue {
  private readonly seal: MailSeal;

  constructor(
    private readonly pool: Pool,
    secrets: string[],
  ) {
    this.seal = new MailSeal(secrets);
  }

  /** Stores a mail. After that, it survives the end of this process. */
  async add(message: Message): Promise<void> {
    const id = randomUUID();
    const sealed = this.seal.seal(id, message);
    await this.pool.query(ADD, [id, sealed, message.usefulForMs ?? LIFETIME_MS]);
  }

  /** @param leaseMs the time after which another process may take the mails. */
  async take(most: number, leaseMs: number): Promise<TakenMail[]> {
    const { rows } = await this.pool.query<Omit<TakenMail, 'message'> & { sealed: Buffer }>(TAKE, [
      most,
      leaseMs,
    ]);
    return rows.map(({ id, sealed, attempts, isExpired }) => ({
      id,
      attempts,
      isExpired,
      message: this.seal.open(id, sealed),
    }));
  }

  async postpone({ id, attempts }: TakenMail, pauseMs: number): Promise<void> {
    await this.pool.query(POSTPONE, [id, attempts, pauseMs]);
  }

  async remove({ id }: TakenMail): Promise<void> {
    await this.pool.query('DELETE FROM mail_queue WHERE id = $1', [id]);
  }

  async state(): Promise<QueueState> {
    const { rows } = await this.pool.query<QueueState>(SELECT_STATE);
    return rows[0]!;
  }
}
