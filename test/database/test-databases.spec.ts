import { Client } from 'pg';
import { createEmptyDatabase, RUN_VARIABLE, SERVER_URL_VARIABLE } from '../support/database';
import { dropEndedRuns } from '../support/servers/database-server';

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
