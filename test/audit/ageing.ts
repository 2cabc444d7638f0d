import type { Pool } from 'pg';

/**
 * Writes events with earlier times. Only the owner of the database can do that, by disabling the
 * triggers. @returns their ids, in the order of the ages.
 */
export async function ageEvents(pool: Pool, ages: string[]): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('ALTER TABLE audit_event DISABLE TRIGGER audit_event_date');
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO audit_event (action, actor_type, occurred_at)
       SELECT 'user.signed_in', 'user', clock_timestamp() - age
         FROM unnest($1::interval[]) WITH ORDINALITY AS ages(age, position) ORDER BY position
       RETURNING id`,
      [ages],
    );
    await client.query('ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_date');
    await client.query('COMMIT');
    return rows.map(({ id }) => id);
  } finally {
    client.release();
  }
}
