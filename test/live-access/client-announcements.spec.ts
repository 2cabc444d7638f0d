import { NotificationRecorder } from './notification-recorder';
import { createTestDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let recorder: NotificationRecorder;

beforeAll(async () => {
  database = await createTestDatabase();
  recorder = await NotificationRecorder.on(database.url);
});

afterAll(async () => {
  await recorder.close();
  await database.drop();
});

beforeEach(async () => {
  await recorder.sql.query('ROLLBACK; TRUNCATE oauth_client CASCADE');
  await addClients('a', 'b');
});

async function addClients(...ids: string[]): Promise<void> {
  await recorder.sql.query(
    `INSERT INTO oauth_client (id, client_id, redirect_uris, scopes, client_credentials_scopes)
     SELECT 'row ' || id, id, '[]', '["openid"]', '["users:read"]' FROM unnest($1::text[]) AS id`,
    [ids],
  );
}

describe('a change of a client', () => {
  it.each([
    ['disabled', `UPDATE oauth_client SET disabled = true WHERE client_id = 'a'`],
    ['with other scopes', `UPDATE oauth_client SET scopes = '[]' WHERE client_id = 'a'`],
    [
      'with other scopes of its own',
      `UPDATE oauth_client SET client_credentials_scopes = NULL WHERE client_id = 'a'`,
    ],
    ['with another secret', `UPDATE oauth_client SET client_secret = 'x' WHERE client_id = 'a'`],
    [
      'with another way to authenticate',
      `UPDATE oauth_client SET token_endpoint_auth_method = 'client_secret_post' WHERE client_id = 'a'`,
    ],
    [
      'with other grant types',
      `UPDATE oauth_client SET grant_types = '["client_credentials"]' WHERE client_id = 'a'`,
    ],
    ['first party', `UPDATE oauth_client SET skip_consent = true WHERE client_id = 'a'`],
    ['with other keys', `UPDATE oauth_client SET jwks = '{}' WHERE client_id = 'a'`],
    ['with another client id', `UPDATE oauth_client SET client_id = 'z' WHERE client_id = 'a'`],
    ['deleted', `DELETE FROM oauth_client WHERE client_id = 'a'`],
    [
      'disabled in replication role',
      `BEGIN; SET LOCAL session_replication_role = replica;
       UPDATE oauth_client SET disabled = true WHERE client_id = 'a'; COMMIT`,
    ],
  ])('is announced when it is %s', async (_what, statement) => {
    expect(await recorder.announcedBy(statement)).toEqual([{ clients: ['a'] }]);
  });

  it.each([
    [
      'a new one',
      `INSERT INTO oauth_client (id, client_id, redirect_uris) VALUES ('c', 'c', '[]')`,
    ],
    ['another name', `UPDATE oauth_client SET name = 'x', redirect_uris = '["x"]'`],
    ['the same once more', `UPDATE oauth_client SET disabled = disabled, scopes = scopes`],
  ])('is not announced when it is %s', async (_what, statement) => {
    expect(await recorder.announcedBy(statement)).toEqual([]);
  });

  it('is announced once for all rows of a statement', async () => {
    const received = await recorder.announcedBy('UPDATE oauth_client SET disabled = true');
    expect(received).toEqual([{ clients: expect.arrayContaining(['a', 'b']) }]);
  });

  it('is announced as a change of everything for many rows, or for the whole table', async () => {
    await addClients(...Array.from({ length: 101 }, (_, index) => `c${index}`));
    expect(await recorder.announcedBy('DELETE FROM oauth_client')).toEqual([{ all: true }]);
    expect(await recorder.announcedBy('TRUNCATE oauth_client CASCADE')).toEqual([{ all: true }]);
  });

  it('counts towards the limit of a transaction, together with users and sessions', async () => {
    await recorder.sql.query(
      `INSERT INTO "user" (id, name, email)
       SELECT 'u' || n, 'x', 'u' || n || '@example.com' FROM generate_series(1, 12) AS n`,
    );
    await addClients(...Array.from({ length: 12 }, (_, index) => `c${index}`));
    const changes = Array.from({ length: 12 }, (_, index) => [
      `UPDATE "user" SET role = 'admin' WHERE id = 'u${index + 1}'`,
      `DELETE FROM oauth_client WHERE client_id = 'c${index}'`,
    ]).flat();
    const received = await recorder.announcedTogether(...changes);
    expect(received).toHaveLength(17);
    expect(received).toContainEqual({ all: true });
  });
});

describe('a change of a resource', () => {
  beforeEach(async () => {
    await recorder.sql.query(`
      TRUNCATE oauth_resource CASCADE;
      INSERT INTO oauth_resource (id, identifier, name) VALUES ('r', 'urn:r', 'R'), ('q', 'urn:q', 'Q');
      INSERT INTO oauth_resource_scope (name, resource, description) VALUES ('r:read', 'urn:r', 'x');
      INSERT INTO oauth_resource_server (resource, client_id) VALUES ('urn:r', 'a')`);
    await recorder.announcedBy('SELECT 1');
  });

  it.each([
    ['a new scope', `INSERT INTO oauth_resource_scope VALUES ('r:write', 'urn:r', 'x')`],
    ['another scope', `UPDATE oauth_resource_scope SET name = 'r:all'`],
    ['a scope less', `DELETE FROM oauth_resource_scope`],
    ['a resource of another client', `UPDATE oauth_resource_server SET resource = 'urn:q'`],
    ['no client', `DELETE FROM oauth_resource_server`],
    ['another end', `UPDATE oauth_resource SET disabled = true WHERE id = 'r'`],
    ['no row', `DELETE FROM oauth_resource WHERE id = 'r'`],
  ])('is announced to the client of its server when it has %s', async (_what, statement) => {
    expect(await recorder.announcedBy(statement)).toContainEqual({ clients: ['a'] });
  });

  it('is announced to the clients that lose a scope with it', async () => {
    await recorder.sql.query(`UPDATE oauth_client SET scopes = '["openid", "r:read"]'`);
    const received = await recorder.announcedBy(`DELETE FROM oauth_resource WHERE id = 'r'`);
    expect((received as { clients: string[] }[]).flatMap(({ clients }) => clients)).toContain('b');
    const { rows } = await recorder.sql.query('SELECT scopes FROM oauth_client');
    expect(rows).toEqual([{ scopes: ['openid'] }, { scopes: ['openid'] }]);
  });

  it.each(['oauth_resource_scope', 'oauth_resource_server', 'oauth_resource CASCADE'])(
    'is announced as a change of everything by TRUNCATE %s',
    async (table) => {
      expect(await recorder.announcedBy(`TRUNCATE ${table}`)).toContainEqual({ all: true });
    },
  );
});
