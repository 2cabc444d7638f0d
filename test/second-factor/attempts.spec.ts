import { Pool } from 'pg';
import { Attempts } from '../../auth-server/second-factor/attempts';
import { createTestDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.url });
  await pool.query(`INSERT INTO "user" (id, name, email) VALUES ('u', 'U', 'u@example.com')`);
  await pool.query(`INSERT INTO two_factor (id, user_id, secret, backup_codes, locked_until)
    VALUES ('f', 'u', 's', 's', now() + interval '1 hour')`);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** The database, where the wait ends after the first statement that finds it. */
function endingTheWait(): Pool {
  const query = async (sql: string, values: string[]) => {
    const result = await pool.query(sql, values);
    await pool.query('UPDATE two_factor SET locked_until = now()');
    return result;
  };
  return { query } as unknown as Pool;
}

it('an attempt is not checked when its wait ends while it is refused: it was not counted', async () => {
  await expect(new Attempts(endingTheWait()).begin('u')).resolves.toEqual({ wait: 1, count: 0 });
  const { rows } = await pool.query('SELECT failed_verification_count AS count FROM two_factor');
  expect(rows).toEqual([{ count: 0 }]);
});

it('the next attempt is counted and checked', async () => {
  await expect(new Attempts(pool).begin('u')).resolves.toEqual({ wait: 0, count: 1 });
});
