import { once } from 'node:events';
import { Client } from 'pg';
import { createEmptyDatabase, RUN_VARIABLE, SERVER_URL_VARIABLE } from '../support/database';
import { loadNatively } from '../support/native/load';
import { createTestLogins } from '../support/servers/database-logins';
import { dropEndedRuns, useGivenServer } from '../support/servers/database-server';

it('a run that begins drops the databases of ended runs, and of no other', async () => {
  const mine = await createEmptyDatabase();
  const client = new Client(process.env[SERVER_URL_VARIABLE]);
  await client.connect();
  try {
    await client.query('CREATE DATABASE gatehouse_test_0_left');
    await dropEndedRuns(client);
    const { rows } = await client.query<{ datname: string }>(
      `SELECT datname FROM pg_database WHERE datname ~ '^gatehouse_test_'`,
    );
    const names = rows.map(({ datname }) => datname);
    expect(names).not.toContain('gatehouse_test_0_left');
    expect(names).toContain(`${process.env[RUN_VARIABLE]}_template`);
    expect(names).toContain(new URL(mine.url).pathname.slice(1));
  } finally {
    await client.end();
    await mine.drop();
  }
});

describe('the connection of a worker that creates and drops databases', () => {
  type ServerConnections = typeof import('../support/native/server-connections');
  const { serverConnections } = loadNatively(
    'test/support/native/server-connections',
  ) as ServerConnections;
  const pool = serverConnections(process.env[SERVER_URL_VARIABLE]!);
  const createAndDrop = async () => (await createEmptyDatabase()).drop();

  async function readProcessId(): Promise<number> {
    const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return rows[0]!.pid;
  }

  it('is kept', async () => {
    const pid = await readProcessId();
    await createAndDrop();
    expect(await readProcessId()).toBe(pid);
  });

  it('is replaced after it has ended', async () => {
    const pid = await readProcessId();
    const ended = once(pool, 'error');
    const client = new Client(process.env[SERVER_URL_VARIABLE]);
    await client.connect();
    await client.query('SELECT pg_terminate_backend($1)', [pid]);
    await client.end();
    await ended;
    await createAndDrop();
    expect(await readProcessId()).not.toBe(pid);
  });
});

describe('TEST_DATABASE_URL is named in the error', () => {
  it.each([
    ['nonsense', 'TEST_DATABASE_URL does not begin with postgres://'],
    ['postgres://localhost:1/test', 'TEST_DATABASE_URL: no connection to the server: '],
  ])('of the URL %s', async (url, message) => {
    await expect(useGivenServer(url, 'gatehouse_test_0')).rejects.toThrow(message);
  });

  it('of a user that lacks a privilege', async () => {
    const name = `${process.env[RUN_VARIABLE]}_guest`;
    const client = new Client(process.env[SERVER_URL_VARIABLE]);
    await client.connect();
    try {
      await client.query(`CREATE ROLE ${name} LOGIN PASSWORD 'guest'`);
      const url = new URL(process.env[SERVER_URL_VARIABLE]!);
      Object.assign(url, { username: name, password: 'guest' });
      await expect(createTestLogins(url.href)).rejects.toThrow(/^TEST_DATABASE_URL: permission/);
    } finally {
      await client.query(`DROP ROLE IF EXISTS ${name}`);
      await client.end();
    }
  });
});
