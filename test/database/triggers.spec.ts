import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { FEATURE_TABLES } from '../../contract';
import { ShowNamesAsWritten1795800000000 } from '../../migrations/1795800000000-ShowNamesAsWritten';
import { createTestDatabase, type TestDatabase } from '../support/database';

/** Roles belong to the server, which several runs can share. */
const WRITER = `gatehouse_writer_${randomBytes(4).toString('hex')}`;

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client(database.url);
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

async function list(query: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(query);
  return rows.map(({ name }) => name);
}

describe('the triggers of the migrated database', () => {
  it('are many, and all are ENABLE ALWAYS', async () => {
    const ours = `FROM pg_trigger WHERE NOT tgisinternal`;
    expect((await list(`SELECT tgname AS name ${ours}`)).length).toBeGreaterThan(40);
    await expect(list(`SELECT tgname AS name ${ours} AND tgenabled <> 'A'`)).resolves.toEqual([]);
  });
});

describe('the functions of the migrated database', () => {
  const OURS = `FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'gatehouse%'`;

  it('run with the rights of the caller', async () => {
    await expect(list(`SELECT proname AS name ${OURS} AND prosecdef`)).resolves.toEqual([]);
  });

  it('resolve names in a search path of their own where they are written in plpgsql', async () => {
    const open = `${OURS} AND prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql')
       AND NOT coalesce(array_to_string(proconfig, ' ') LIKE '%search_path=pg_catalog%', false)`;
    await expect(list(`SELECT proname AS name ${open}`)).resolves.toEqual([]);
  });

  it('compile no plan where they switch off a method of plans, which compiles each plan until PostgreSQL 17', async () => {
    const restricted = `${OURS} AND array_to_string(proconfig, ' ') ~ 'enable_[a-z]+=off'`;
    expect(await list(`SELECT proname AS name ${restricted}`)).not.toEqual([]);
    const compiled = `${restricted} AND NOT 'jit=off' = ANY (proconfig)`;
    await expect(list(`SELECT proname AS name ${compiled}`)).resolves.toEqual([]);
  });
});

describe('a trigger that joins the old and the new rows', () => {
  it('uses no nested loop, which would take the square of the time for many rows', async () => {
    const joining = `FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
      WHERE tgoldtable IS NOT NULL AND tgnewtable IS NOT NULL AND prosrc ~ 'JOIN'`;
    expect(await list(`SELECT tgname AS name ${joining}`)).not.toEqual([]);
    const slow = `${joining} AND NOT 'enable_nestloop=off' = ANY (proconfig)`;
    await expect(list(`SELECT tgname AS name ${slow}`)).resolves.toEqual([]);
  });
});

describe('a time', () => {
  /** Each is written by the server or by a trigger, or no response shows it. */
  const INTERNAL = [
    'access_event.occurred_at',
    'audit_cleaning.begun_at',
    'audit_event.occurred_at',
    'audit_repeat.ends_at',
    'audit_retention.since',
    'credential_state.changed_at',
    'idempotency_key.expires_at',
    'idempotency_key.lease_expires_at',
    'installation_secret.created_at',
    'mail_queue.created_at',
    'mail_queue.due_at',
    'mail_queue.expires_at',
    'oauth_client_assertion.expires_at',
    'oauth_removal.created_at',
    'owner_notice.created_at',
    'readiness_probe.written_at',
    'user.ban_expires',
  ];

  it('of a row that is shown is bounded by a constraint', async () => {
    const open = await list(
      `SELECT relname || '.' || attname AS name FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND atttypid = 'timestamptz'::regtype
          AND NOT EXISTS (SELECT FROM pg_constraint
                           WHERE conrelid = attrelid AND conname = relname || '_times_check' AND attnum = ANY (conkey))
        ORDER BY 1`,
    );
    // A feature of a product decides about its own tables.
    const isOfFeature = (column: string) => FEATURE_TABLES.includes(column.split('.')[0]!);
    expect(open.filter((column) => !isOfFeature(column))).toEqual(INTERNAL);
  });

  it.each(['infinity', '-infinity', '0044-03-15 BC', '10000-01-01Z'])('is not %s', async (time) => {
    const insert = `INSERT INTO "user" (id, name, email, created_at) VALUES ('t', 'T', 't', $1)`;
    await expect(client.query(insert, [time])).rejects.toMatchObject({ code: '23514' });
  });
});

describe('a text that people read', () => {
  /** U+202E, the end of a line, U+061C, U+2066 */
  const HIDDEN = ['\u202e', '\n', '\u061c', '\u2066'];
  const insert = `INSERT INTO "user" (id, name, email) VALUES ($1, $2, $1)`;

  it.each(HIDDEN)('contains no %j', async (hidden) => {
    const name = `A${hidden}b`;
    await expect(client.query(insert, ['hidden', name])).rejects.toMatchObject({ code: '23514' });
    await client.query(insert, ['hidden', 'Zoë \u05d0 漢字 🚪']);
    for (const change of [`ban_reason = 'A${hidden}b'`, `name = 'A${hidden}b'`]) {
      const update = client.query(`UPDATE "user" SET ${change} WHERE id = 'hidden'`);
      await expect(update).rejects.toMatchObject({ code: '23514' });
    }
    await client.query(`DELETE FROM "user"`);
  });

  it('loses these characters in the migration', async () => {
    const migration = new ShowNamesAsWritten1795800000000();
    const dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const runner = dataSource.createQueryRunner();
    await migration.down(runner);
    await client.query(insert, ['former', `A${HIDDEN.join('')}b`]);
    await migration.up(runner);
    await dataSource.destroy();
    const { rows } = await client.query(`SELECT name FROM "user" WHERE id = 'former'`);
    expect(rows).toEqual([{ name: 'Ab' }]);
    await client.query(`DELETE FROM "user"`);
  });

  it('is bounded so in each table of names and descriptions', async () => {
    const open = await list(
      `SELECT relname || '.' || attname AS name FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
          AND attname IN ('name', 'description', 'ban_reason')
          AND NOT EXISTS (SELECT FROM pg_constraint
                           WHERE conrelid = attrelid AND conname = relname || '_texts_check' AND attnum = ANY (conkey))
        ORDER BY 1`,
    );
    // A name of a secret is one of the code. The name of a scope has a stricter rule.
    expect(open).toEqual([
      'installation_secret.name',
      'migrations.name',
      'oauth_resource_scope.name',
    ]);
  });
});

it('a truncation of the scopes of resource servers takes them away from clients', async () => {
  await client.query(`
    INSERT INTO oauth_resource (id, identifier, name) VALUES ('r', 'https://r.example', 'R');
    INSERT INTO oauth_resource_scope (name, resource, description)
      VALUES ('orders:read', 'https://r.example', 'Read');
    INSERT INTO oauth_client (id, client_id, redirect_uris, scopes)
      VALUES ('c', 'c', '[]', '["openid", "orders:read"]')`);
  await client.query('TRUNCATE oauth_resource_scope');
  const { rows } = await client.query('SELECT scopes FROM oauth_client');
  expect(rows).toEqual([{ scopes: ['openid'] }]);
});

describe('a role that may add audit events', () => {
  it('gains no rights of the owner by the function that dates them', async () => {
    await client.query(`CREATE ROLE ${WRITER}; GRANT CREATE ON SCHEMA public TO ${WRITER};
      GRANT INSERT ON audit_event TO ${WRITER}`);
    try {
      await client.query(`SET ROLE ${WRITER}`);
      await client.query(`
        CREATE TABLE trap (id bigint GENERATED ALWAYS AS IDENTITY, occurred_at timestamptz, who text);
        CREATE FUNCTION trap_default() RETURNS text LANGUAGE sql AS 'SELECT current_user::text';
        CREATE TRIGGER t BEFORE INSERT ON trap FOR EACH ROW EXECUTE FUNCTION gatehouse_audit_date()`);
      await client.query(`INSERT INTO trap (who) VALUES (trap_default())`);
      const owned = client.query(`DELETE FROM audit_event`);
      await expect(owned).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.query(`RESET ROLE; DROP OWNED BY ${WRITER}; DROP ROLE ${WRITER}`);
    }
  });
});
