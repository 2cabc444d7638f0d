import { Client, Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { ageEvents } from './ageing';

const REFUSED =
  /the audit log can be added to and nothing else|audit log numbers its events|is not yet defined|kept for|audit_retention_check/;

/** A session that has no sequence value yet. */
const NOT_ITS_NUMBER = /audit log numbers its events|is not yet defined/;

/** A role with the rights that the processes need, which owns nothing. */
const APP_ROLE = 'gatehouse_audit_test_app';

let database: TestDatabase;
let pool: Pool;
let app: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.url });
  await pool.query(`DO $$ BEGIN CREATE ROLE ${APP_ROLE} LOGIN PASSWORD 'app';
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`);
  await pool.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${APP_ROLE}`,
  );
  await pool.query(`GRANT USAGE ON SEQUENCE audit_event_id_seq TO ${APP_ROLE}`);
  const url = new URL(database.url);
  url.username = APP_ROLE;
  url.password = 'app';
  app = new Client(url.href);
  await app.connect();
});

afterAll(async () => {
  await app.end();
  await pool.query(`DROP OWNED BY ${APP_ROLE}`);
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  await app.query(`INSERT INTO audit_event (action, actor_type) VALUES ('user.signed_in', 'user')`);
});

/** What an attacker with a database connection of a process can try. */
const ATTEMPTS: [string, string[]][] = [
  ['UPDATE of one row', [`UPDATE audit_event SET actor_id = 'someone else' WHERE id = 1`]],
  ['UPDATE that changes nothing', ['UPDATE audit_event SET action = action']],
  ['DELETE of everything', ['DELETE FROM audit_event']],
  [
    'DELETE of the newest',
    ['DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)'],
  ],
  ['TRUNCATE', ['TRUNCATE audit_event']],
  ['TRUNCATE with others', ['TRUNCATE "user", audit_event CASCADE']],
  [
    'an upsert',
    [
      `INSERT INTO audit_event (id, action, actor_type) OVERRIDING SYSTEM VALUE VALUES (1, 'a', 'user')
       ON CONFLICT (id) DO UPDATE SET action = 'b'`,
    ],
  ],
  [
    'a DELETE with ordinary triggers off',
    ['SET session_replication_role = replica', 'DELETE FROM audit_event'],
  ],
  [
    'an UPDATE with ordinary triggers off',
    ['SET session_replication_role = replica', `UPDATE audit_event SET action = 'a'`],
  ],
  [
    'MERGE that deletes',
    ['MERGE INTO audit_event USING (SELECT 1) AS x ON true WHEN MATCHED THEN DELETE'],
  ],
  [
    'MERGE that updates',
    [
      `MERGE INTO audit_event USING (SELECT 1) AS x ON true
        WHEN MATCHED THEN UPDATE SET actor_id = 'someone else'`,
    ],
  ],
  ['a setting', [`SET gatehouse.audit_retention = '0'`, 'DELETE FROM audit_event']],
  [
    'functions of their own ahead in the search path',
    [
      "CREATE FUNCTION pg_temp.gatehouse_audit_kept_for() RETURNS interval LANGUAGE sql AS $$ SELECT interval '0' $$",
      'SET search_path = pg_temp, public',
      'DELETE FROM public.audit_event',
    ],
  ],
  [
    'a table of their own in place of the retention',
    [
      'CREATE TEMP TABLE audit_retention (since timestamptz, retention interval)',
      `INSERT INTO audit_retention VALUES ('-infinity', '0')`,
      'DELETE FROM public.audit_event',
    ],
  ],
  [
    'a retention that is shorter from now on',
    [`INSERT INTO audit_retention (retention) VALUES ('1 day')`, 'DELETE FROM audit_event'],
  ],
  [
    'a retention of no time',
    [`INSERT INTO audit_retention (retention) VALUES ('0')`, 'DELETE FROM audit_event'],
  ],
  [
    // In comparisons a month has 30 days; in subtractions its calendar days.
    'a retention that is long when compared and short when subtracted',
    [
      `INSERT INTO audit_retention (retention) VALUES (make_interval(months => -1200, days => 36401))`,
      'DELETE FROM audit_event',
    ],
  ],
  [
    'an event with a number of one of the next',
    [
      `INSERT INTO audit_event (id, action, actor_type) OVERRIDING SYSTEM VALUE
       SELECT max(id) + 1, 'user.signed_in', 'user' FROM audit_event`,
    ],
  ],
  ['another past of the retention', [`UPDATE audit_retention SET since = '-infinity'`]],
  ['no past of the retention', ['DELETE FROM audit_retention', 'DELETE FROM audit_event']],
  ['TRUNCATE of the retention', ['TRUNCATE audit_retention']],
];

describe.each([
  ['the owner of the database', () => pool, REFUSED],
  [
    'a role that owns nothing',
    () => app,
    /permission denied|the audit log|kept|is not yet defined for|_check/,
  ],
])('%s', (_who, connection, refusal) => {
  beforeAll(() => pool.query(`INSERT INTO audit_retention (retention) VALUES ('400 days')`));

  it.each(ATTEMPTS)('refuses a change by %s', async (_name, statements) => {
    const before = await readLog();
    await expect(run(connection(), statements)).rejects.toThrow(refusal);
    await expect(readLog()).resolves.toEqual(before);
  });
});

describe('an event', () => {
  it('has the time of the database', async () => {
    const { rows } = await pool.query(
      `INSERT INTO audit_event (action, actor_type, occurred_at) VALUES ('user.signed_in', 'user', '2001-01-01')
       RETURNING abs(extract(epoch FROM clock_timestamp() - occurred_at)) < 60 AS "isNow"`,
    );
    expect(rows).toEqual([{ isNow: true }]);
  });

  it('has an id that its writer cannot choose', async () => {
    const insert = app.query(
      `INSERT INTO audit_event (id, action, actor_type) VALUES (1000000, 'user.signed_in', 'user')`,
    );
    await expect(insert).rejects.toThrow('cannot insert a non-DEFAULT value');
  });

  it('has an id that its writer cannot choose by COPY either', async () => {
    const [role] = (
      await pool.query<{ rolsuper: boolean }>(
        'SELECT rolsuper FROM pg_roles WHERE rolname = current_user',
      )
    ).rows;
    if (!role?.rolsuper) return;
    const copy = `COPY audit_event (id, action, actor_type) FROM PROGRAM 'echo 1000000,a,user' WITH (FORMAT csv)`;
    await expect(pool.query(copy)).rejects.toThrow(NOT_ITS_NUMBER);
  });

  it('has a unique id when one statement writes many, in any order', async () => {
    const { rows } = await app.query<{ id: string }>(
      `INSERT INTO audit_event (action, actor_type)
       SELECT 'user.signed_in', 'user' FROM generate_series(1, 50) AS n ORDER BY n DESC
       RETURNING id`,
    );
    expect(new Set(rows.map(({ id }) => id)).size).toBe(50);
  });

  it('can be deleted when it is older than the retention, and not earlier', async () => {
    const ids = await ageEvents(pool, ['401 days', '399 days']);
    const remove = (id: string) => app.query('DELETE FROM audit_event WHERE id = $1', [id]);
    await expect(remove(ids[1]!)).rejects.toThrow('an audit event is kept for 9600:00:00');
    await expect(remove(ids[0]!)).resolves.toMatchObject({ rowCount: 1 });
  });
});

describe('a role that owns nothing', () => {
  it.each([
    'ALTER TABLE audit_event DISABLE TRIGGER ALL',
    'DROP TRIGGER audit_event_delete ON audit_event',
    'DROP TABLE audit_event',
    'CREATE OR REPLACE FUNCTION public.gatehouse_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
    'SET session_replication_role = replica',
  ])('cannot disable the protection: %s', async (statement) => {
    await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' });
  });
});

/** In one transaction, as an attacker would combine the statements. */
async function run(connection: Pool | Client, statements: string[]): Promise<void> {
  const client = connection instanceof Pool ? await connection.connect() : connection;
  try {
    await client.query('BEGIN');
    for (const statement of statements) await client.query(statement);
    await client.query('COMMIT');
  } finally {
    await client.query('ROLLBACK');
    if (connection instanceof Pool) (client as { release?: () => void }).release?.();
  }
}

async function readLog(): Promise<unknown[]> {
  const { rows: events } = await pool.query('SELECT * FROM audit_event ORDER BY id');
  const { rows: retentions } = await pool.query('SELECT * FROM audit_retention ORDER BY since');
  return [...events, ...retentions];
}
