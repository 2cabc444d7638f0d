import type { ClientBase, Pool } from 'pg';
import { requestContext } from './request-context';

/** The time is that of the database, which also dates the changes. */
const READ_BASIS = `
  SELECT pg_current_snapshot()::text AS snapshot, to_json(clock_timestamp()) #>> '{}' AS time`;

/**
 * The present state of the database. The time is for a change after a crash: it can have the number
 * of a transaction that the snapshot has seen, and that the crash has lost.
 */
export async function readBasis(connection: Pool | ClientBase): Promise<string> {
  const { rows } = await connection.query<{ snapshot: string; time: string }>(READ_BASIS);
  const { snapshot, time } = rows[0]!;
  return `${crypto.randomUUID()}@${time} ${snapshot}`;
}

/** A challenge or a mailed link was issued earlier: its state of the database counts. */
export function decideOn({ basis }: { basis?: string | null }): void {
  const context = requestContext.getStore();
  if (context && basis) context.basis = basis;
}

/**
 * What the request has been decided on (`sessions/decision-basis.ts`). Outside a request, at the
 * start, a write is decided in its own statement.
 */
export function basisOfRequest(): string | null {
  const context = requestContext.getStore();
  if (!context) return null;
  if (context.basis === undefined) throw new Error('The request writes without a basis.');
  return context.basis;
}
