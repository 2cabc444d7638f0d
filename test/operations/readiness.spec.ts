import { Client } from 'pg';
import { DATABASE_ROLES } from '../../launcher/database-grants';
import { runMigrations } from '../../launcher/migrations';
import { eventually } from '../support/eventually';
import { reservePorts } from '../support/ports';
import { startHosted } from '../support/processes/system-host';
import { PostgresWire } from '../support/servers/postgres-wire';
import { System } from '../support/system';

let system: System;
let admin: Client;
let urls: { api: string; auth: string };

beforeAll(async () => {
  system = await System.start();
  admin = new Client(system.database.url);
  await admin.connect();
  urls = { api: system.apiUrl, auth: system.settings.authUrl };
});

afterAll(async () => {
  await admin.end();
  await system.stop();
});

async function readiness(process: keyof typeof urls): Promise<[status: number, database: string]> {
  const response = await fetch(`${urls[process]}/health/ready`);
  const { checks } = (await response.json()) as { checks: { database: { status: string } } };
  return [response.status, checks.database.status];
}

function expectReadiness(process: keyof typeof urls, expected: unknown[]): Promise<void> {
  return eventually(async () => expect(await readiness(process)).toEqual(expected));
}

const READY = [200, 'ok'];
const NOT_READY = [503, 'unavailable'];

async function expectBoth(expected: unknown[]): Promise<void> {
  for (const process of ['api', 'auth'] as const) {
    await expectReadiness(process, expected);
  }
}

/** Ends the connections of both processes: new ones take the settings of the database. */
const END_CONNECTIONS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'gatehouse-access'`;

describe('the readiness of both processes', () => {
  afterEach(() => expectBoth(READY));

  it('ends while the database is read-only, and comes back with it', async () => {
    const name = system.database.url.split('/').at(-1)!;
    await admin.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
    try {
      await admin.query(END_CONNECTIONS);
      await expectBoth(NOT_READY);
    } finally {
      await admin.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = off`);
      await admin.query(END_CONNECTIONS);
    }
  });

  it('ends while the database refuses a write for another reason', async () => {
    await system.query(`
      CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER disk_full BEFORE INSERT ON readiness_probe
        FOR EACH ROW EXECUTE FUNCTION disk_full();
      ALTER TABLE readiness_probe ENABLE ALWAYS TRIGGER disk_full`);
    try {
      await expectBoth(NOT_READY);
    } finally {
      await system.query('DROP FUNCTION disk_full CASCADE');
    }
  });

  it.each([
    ['api', 'audit_event', 'api'],
    ['auth', 'session', 'authServer'],
  ] as const)('of %s ends while it may not write %s', async (process, table, login) => {
    const role = DATABASE_ROLES[login];
    await system.query(`REVOKE INSERT ON ${table} FROM "${role}"`);
    try {
      await expectReadiness(process, NOT_READY);
    } finally {
      await system.query(`GRANT INSERT ON ${table} TO "${role}"`);
    }
  });

  it('ends after a restore left ordinary triggers behind', async () => {
    await system.query(
      'ALTER TABLE jwks DISABLE TRIGGER USER; ALTER TABLE jwks ENABLE TRIGGER USER',
    );
    try {
      await expectBoth(NOT_READY);
    } finally {
      await runMigrations(system.database.url);
    }
  });

  it('costs two writes a second for any number of probes', async () => {
    await system.query(`
      CREATE TABLE probe_write (); GRANT INSERT ON probe_write TO PUBLIC;
      CREATE FUNCTION count_probe() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO probe_write DEFAULT VALUES; RETURN NULL; END $$;
      CREATE TRIGGER count_probe AFTER INSERT OR UPDATE ON readiness_probe
        FOR EACH ROW EXECUTE FUNCTION count_probe();
      ALTER TABLE readiness_probe ENABLE ALWAYS TRIGGER count_probe`);
    const started = performance.now();
    for (let count = 0; count < 20; count += 1) {
      await Promise.all(Array.from({ length: 50 }, () => readiness('api')));
    }
    const seconds = (performance.now() - started) / 1_000;
    const [row] = await system.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM probe_write',
    );
    expect(row!.count).toBeGreaterThan(0);
    expect(row!.count).toBeLessThanOrEqual(2 * seconds + 2);
  });
});

/** While the write waits, each check takes as long as it may. */
it.each(['api', 'auth'] as const)(
  'probes of %s at once share one check of the database',
  async (process) => {
    const wire = await PostgresWire.before(system.database.url);
    const databaseUrl = wire.via(system.database.url);
    const settings = { ...system.settings, databaseUrl, databaseDirectUrl: databaseUrl };
    const [port] = await reservePorts(1);
    const server = await startHosted(process, { settings, port: port! });
    await admin.query('BEGIN; LOCK TABLE readiness_probe IN ACCESS EXCLUSIVE MODE');
    const before = wire.statements.length;
    const url = `http://127.0.0.1:${port}/health/ready`;
    const answers = await Promise.all(Array.from({ length: 100 }, () => fetch(url)));
    const queries = wire.statements.slice(before).filter((text) => text === 'SELECT 1');
    await admin.query('COMMIT');
    await server.stop();
    await wire.close();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(queries.length).toBeGreaterThan(0);
    expect(queries.length).toBeLessThan(50);
  },
);
