import { APIError } from 'better-auth/api';
import type { Pool, PoolClient } from 'pg';
import { isAdministrator } from './caller';

/** The API tells these from refusals of itself, which are faults. */
const SESSION_ENDED = { code: 'SESSION_ENDED', message: 'The session has ended.' };
const ROLE_LOST = { code: 'ROLE_LOST', message: 'Only administrators may do this.' };

const FIND = `
  SELECT u.role FROM session s JOIN "user" u ON u.id = s.user_id
   WHERE s.id = $1 AND s.expires_at > clock_timestamp()`;

/**
 * A write of an administrator that does not go through Better-Auth's adapter. It can wait for a
 * lock, so the administrator is judged again after it and before its commit. That needs a statement
 * of its own, which sees what was committed in the meantime (READ COMMITTED).
 *
 * @throws {APIError} as {@link assertAdministratorInForce}; then nothing is written.
 */
export async function writeAsAdministrator<T>(
  { pool, sessionId }: { pool: Pool; sessionId: string },
  write: (connection: PoolClient) => Promise<T>,
): Promise<T> {
  const connection = await pool.connect();
  try {
    await connection.query('BEGIN');
    const result = await write(connection);
    const { rows } = await connection.query<{ role: string }>(FIND, [sessionId]);
    assertAdministratorInForce(rows[0] ?? null);
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    connection.release();
  }
}

/**
 * @param user of a session in force.
 * @throws {APIError} 401 without one; 403 when it is no administrator.
 */
export function assertAdministratorInForce(user: Record<string, unknown> | null): void {
  if (!user) throw new APIError('UNAUTHORIZED', SESSION_ENDED);
  if (!isAdministrator(user)) throw new APIError('FORBIDDEN', ROLE_LOST);
}
