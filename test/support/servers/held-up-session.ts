import { setTimeout as pause } from 'node:timers/promises';
import type { ClientBase } from 'pg';

/** A trigger waits here, before those that judge the write: triggers run in the order of their names. */
export const HOLD_UP = `
  CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$`;

export const HOLD_UP_SESSIONS = `
  CREATE TRIGGER a_hold_up BEFORE INSERT ON session FOR EACH ROW EXECUTE FUNCTION hold_up()`;

interface Race<T> {
  /** Another connection than that of the request. */
  holder: ClientBase;
  request: () => Promise<T>;
  change: () => Promise<unknown>;
}

/** Makes the change while the request waits to write. @returns the answer to the request. */
export async function changeDuring<T>({ holder, request, change }: Race<T>): Promise<T> {
  await holder.query('SELECT pg_advisory_lock(1)');
  const answering = request();
  try {
    while (!(await isHeldUp(holder))) await pause(5);
    await change();
  } finally {
    await holder.query('SELECT pg_advisory_unlock(1)');
  }
  return answering;
}

async function isHeldUp(holder: ClientBase): Promise<boolean> {
  const { rows } = await holder.query<{ held: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 1
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS held`,
  );
  return rows[0]!.held;
}
