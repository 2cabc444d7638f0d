import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { AccessState } from './access-state';
import { type Role, TABLES } from '../../../auth-server/contract';
import { Problem } from '../../common/problem';

const { columns: session } = TABLES.session;
const { columns: user } = TABLES.user;

/** The one query behind live access. Not a query builder: in `strict` it runs for each request. */
const SELECT_STATE = `
  SELECT s.${session.userId} AS "userId", s.${session.expiresAt} AS "expiresAt",
         u.${user.role} AS "role", u.${user.banned} AS "banned", u.${user.banExpires} AS "banExpires"
    FROM "${TABLES.session.name}" s
    JOIN "${TABLES.user.name}" u ON u.${user.id} = s.${session.userId}
   WHERE s.${session.id} = $1`;

/** A primary key look-up takes a fraction of a millisecond. */
const ANSWER_LIMIT_MS = 2_000;

interface Row {
  userId: string;
  expiresAt: Time;
  role: Role;
  banned: boolean;
  banExpires: Time | null;
}

/** PostgreSQL's `infinity` is a number, every other time a date. */
type Time = Date | number;

/** Reads what decides about access, and sends proofs of hearing, over the ordinary pool. */
@Injectable()
export class AccessStore {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /**
   * @returns `null` when there is no such session.
   * @throws {Problem} `database_unavailable` when the answer takes too long.
   */
  async load(sessionId: string): Promise<AccessState | null> {
    const [row] = await withinLimit(this.dataSource.query<Row[]>(SELECT_STATE, [sessionId]));
    if (!row) return null;
    return {
      session: { userId: row.userId, expiresAt: Number(row.expiresAt) },
      user: {
        role: row.role,
        banned: row.banned,
        banExpires: row.banExpires === null ? null : Number(row.banExpires),
      },
    };
  }

  /**
   * Sends a notification in a transaction of its own. It need not survive a crash, so its
   * commit does not wait for the disk.
   *
   * @param onSend is called when a connection is at hand, right before the statement leaves:
   *   waiting for a place in the pool says nothing about how late notifications are.
   */
  async notify(channel: string, payload: string, onSend: () => void): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.connect();
      onSend();
      await runner.query(
        `SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`,
        [channel, payload],
      );
    } finally {
      await runner.release();
    }
  }
}

/** A database that is silent is as good as gone: the caller is told so soon. */
async function withinLimit<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    const cause = `no answer within ${ANSWER_LIMIT_MS} ms`;
    const give = () => reject(new Problem('database_unavailable', { cause }));
    timer = setTimeout(give, ANSWER_LIMIT_MS);
  });
  return Promise.race([answer, limit]).finally(() => clearTimeout(timer));
}
