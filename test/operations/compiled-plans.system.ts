import { Client } from 'pg';
import { runMigrations } from '../../launcher/migrations';
import { DebianPostgres } from '../support/servers/debian-postgres';

/** The embedded PostgreSQL compiles no plans; Debian's does. */
let server: DebianPostgres;
let client: Client;

beforeAll(async () => {
  server = await DebianPostgres.start();
  const url = await server.createDatabase('compiled');
  await runMigrations(url);
  client = new Client(url);
  await client.connect();
  await client.query(`
    LOAD 'auto_explain';
    SET auto_explain.log_min_duration = 0;
    SET auto_explain.log_nested_statements = on;
    SET auto_explain.log_analyze = on;
    SET auto_explain.log_level = notice`);
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

const CHANGES = [
  `INSERT INTO "user" (id, name, email, created_at, updated_at)
   SELECT id, id, id || '@example.com', now(), now() FROM unnest(ARRAY['ada', 'bob']) AS id`,
  `INSERT INTO account (id, account_id, provider_id, user_id, password, created_at, updated_at)
   VALUES ('a', 'ada', 'credential', 'ada', 'hash', now(), now())`,
  `INSERT INTO session (id, token, user_id, expires_at, created_at, updated_at)
   VALUES ('s', 't', 'ada', now() + interval '1 hour', now(), now())`,
  `INSERT INTO oauth_client (id, client_id, redirect_uris, scopes, updated_at)
   VALUES ('c', 'client', '["https://client.example.com"]', '["openid"]', now())`,
  `UPDATE session SET updated_at = now()`,
  `UPDATE account SET password = 'other' WHERE id = 'a'`,
  `UPDATE "user" SET name = 'Ada' WHERE id = 'ada'`,
  `UPDATE "user" SET role = 'admin' WHERE id = 'ada'`,
  `UPDATE "user" SET banned = true WHERE id = 'bob'`,
  `UPDATE oauth_client SET disabled = true`,
  `DELETE FROM session`,
  `DELETE FROM oauth_client`,
  `DELETE FROM "user" WHERE id = 'bob'`,
];

describe('on a PostgreSQL that can compile plans', () => {
  it('no statement of a trigger is compiled', async () => {
    const plans: string[] = [];
    client.on('notice', ({ message = '' }) => plans.push(message));
    for (const change of CHANGES) await client.query(change);
    expect(plans.length).toBeGreaterThan(CHANGES.length * 2);
    const compiled = plans.filter((plan) => /^JIT:$/m.test(plan));
    expect(compiled.map((plan) => plan.slice(0, 500))).toEqual([]);
  });
});
