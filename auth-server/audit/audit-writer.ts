import type { Client, Pool } from 'pg';
import { type AuditEvent, toAuditInsert } from '../../contract';

/** Writes one event in the transaction of the connection. */
export async function writeAuditEvent(
  connection: Pick<Client | Pool, 'query'>,
  event: AuditEvent,
): Promise<void> {
  const { sql, parameters } = toAuditInsert(event);
  await connection.query(sql, parameters);
}
