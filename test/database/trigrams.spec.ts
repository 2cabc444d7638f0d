import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { runMigrations } from '../../launcher/migrations';
import { createEmptyDatabase, type TestDatabase } from '../support/database';

describe('migrations by a role that cannot create extensions', () => {
  const role = `gatehouse_plain_${randomBytes(4).toString('hex')}`;
  let database: TestDatabase;
  let owner: Client;
  let url: string;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    owner = new Client(database.url);
    await owner.connect();
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'plain'`);
    await owner.query(`GRANT CREATE ON SCHEMA public TO ${role}`);
    const plain = new URL(database.url);
    plain.username = role;
    plain.password = 'plain';
    url = plain.href;
  });

  afterAll(async () => {
    await owner.query(`DROP OWNED BY ${role}`);
    await owner.query(`DROP ROLE ${role}`);
    await owner.end();
    await database.drop();
  });

  it('report the missing extension and the solution', async () => {
    await expect(runMigrations(url)).rejects.toThrow(
      /^the extension pg_trgm, .* administrator run CREATE EXTENSION pg_trgm\. PostgreSQL said: permission denied/,
    );
  });

  it('continue after an administrator has created it', async () => {
    await owner.query('CREATE EXTENSION pg_trgm');
    await expect(runMigrations(url)).resolves.toBeGreaterThan(0);
    const indexes = await owner.query(`SELECT FROM pg_indexes WHERE indexname = 'user_search_idx'`);
    expect(indexes.rowCount).toBe(1);
  });
});
