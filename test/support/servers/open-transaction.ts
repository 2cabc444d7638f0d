import type { ClientBase } from 'pg';
import { eventually } from '../eventually';

interface Waiting<T> {
  /** Another connection than those of the processes. */
  writer: ClientBase;
  /** The statement whose locks the requests wait for. */
  sql: string;
  values: unknown[];
  requests: (() => Promise<T>)[];
}

/** Sends the requests during a transaction, and commits it when all of them wait for its locks. */
export async function sendDuring<T>({ writer, sql, values, requests }: Waiting<T>): Promise<T[]> {
  await writer.query('BEGIN');
  try {
    await writer.query(sql, values);
    const answers = requests.map((send) => send());
    await eventually(async () => expect(await countWaiting(writer)).toBe(requests.length));
    await writer.query('COMMIT');
    return await Promise.all(answers);
  } catch (error) {
    await writer.query('ROLLBACK');
    throw error;
  }
}

/** Several requests that wait for one row wait for each other, too. */
async function countWaiting(writer: ClientBase): Promise<number> {
  const { rows } = await writer.query<{ count: number }>(
    `SELECT count(DISTINCT pid)::int AS count FROM pg_locks
      WHERE NOT granted AND (transactionid = pg_current_xact_id()::xid
         OR database = (SELECT oid FROM pg_database WHERE datname = current_database()))`,
  );
  return rows[0]!.count;
}
