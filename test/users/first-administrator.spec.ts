import { Client } from 'pg';
import { pino } from 'pino';
import request from 'supertest';
import type { AuthServer } from '../../auth-server/app';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { ADMIN_EMAIL, ADMIN_PASSWORD, authSettings } from '../support/auth-server/auth-settings';
import { createAuthServer } from '../support/native/auth-server';
import { loadNatively } from '../support/native/load';

type Worker = typeof import('../support/native/worker-global');

/** The auth server reads the environment of the worker. */
const { workerGlobal } = loadNatively('test/support/native/worker-global') as Worker;

let database: TestDatabase;
let sql: Client;
let servers: AuthServer[];
let shown: string[];
let log: string;

beforeEach(async () => {
  database = await createTestDatabase();
  sql = new Client(database.url);
  await sql.connect();
  [servers, shown, log] = [[], [], ''];
});

afterEach(async () => {
  await Promise.all([...servers.map(({ close }) => close()), sql.end()]);
  await database.drop();
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<AuthServer> {
  const logger = pino({}, { write: (line: string) => void (log += line) });
  const settings = authSettings(database.url, env);
  const server = await createAuthServer({ settings, logger, show: (text) => shown.push(text) });
  servers.push(server);
  return server;
}

async function signIn({ app }: AuthServer, email: string, password: string) {
  return request(app).post('/api/auth/sign-in/email').send({ email, password });
}

async function findUsers() {
  const { rows } = await sql.query(
    'SELECT email, role, email_verified AS verified FROM "user" ORDER BY email',
  );
  return rows;
}

describe('the first administrator', () => {
  it('is created once when four auth servers start together, and can sign in on each', async () => {
    await Promise.all(Array.from({ length: 4 }, () => start()));
    expect(await findUsers()).toEqual([{ email: ADMIN_EMAIL, role: 'admin', verified: true }]);
    for (const server of servers) {
      expect((await signIn(server, ADMIN_EMAIL, ADMIN_PASSWORD)).status).toBe(200);
    }
  });

  it('gets a generated password when none is set, shown once and never logged', async () => {
    const server = await start({ ADMIN_PASSWORD: '' });
    await start({ ADMIN_PASSWORD: '' });
    expect(shown).toHaveLength(1);
    const password = /password {2}(\S{20,})\n/.exec(shown[0]!)![1]!;
    expect(shown[0]).toContain(ADMIN_EMAIL);
    expect(log).not.toContain(password);
    expect((await signIn(server, ADMIN_EMAIL, password)).status).toBe(200);
  });

  it('has a set password, which is not shown', async () => {
    await start();
    expect(shown).toEqual([]);
    expect(log).not.toContain(ADMIN_PASSWORD);
  });

  it('is not created when another administrator exists', async () => {
    await sql.query(
      `INSERT INTO "user" (id, name, email, role) VALUES ('a', 'A', 'other@example.com', 'admin')`,
    );
    await start();
    expect(await findUsers()).toHaveLength(1);
  });

  it('is not made from an existing user with the e-mail address: the log gives the reason', async () => {
    await sql.query(`INSERT INTO "user" (id, name, email) VALUES ('a', 'A', $1)`, [ADMIN_EMAIL]);
    await start({ ADMIN_EMAIL: ADMIN_EMAIL.toUpperCase() });
    expect(await findUsers()).toEqual([{ email: ADMIN_EMAIL, role: 'user', verified: false }]);
    expect(log).toContain('ADMIN_EMAIL belongs to an ordinary user');
  });
});

describe('a start is refused', () => {
  it.each([
    ['BETTER_AUTH_TRUSTED_ORIGINS', 'https://evil.example'],
    ['BETTER_AUTH_SECRETS', '1:0123456789-0123456789-0123456789-abc'],
  ])('when %s would contradict the settings', async (name, value) => {
    const { env } = workerGlobal.process;
    env[name] = value;
    try {
      await expect(start()).rejects.toThrow(`${name} must not be set`);
    } finally {
      delete env[name];
    }
  });

  it('within seconds when the database cannot be reached', async () => {
    await expect(start({ DATABASE_URL: 'postgres://127.0.0.1:1/gatehouse' })).rejects.toThrow(
      /Could not reach PostgreSQL: .*ECONNREFUSED/,
    );
  }, 60_000);

  it('when the schema is missing', async () => {
    await sql.query('DROP TABLE account');
    await expect(start()).rejects.toThrow(/run `npm run migrate`.*account/s);
  });
});
