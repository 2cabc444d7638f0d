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
  await recorder.sql.query('ROLLBACK; TRUNCATE "user", oauth_client, oauth_resource CASCADE');
  await recorder.sql.query(`
    INSERT INTO "user" (id, name, email) VALUES ('u', 'x', 'u@example.com');
    INSERT INTO session (id, user_id, token, expires_at)
    SELECT id, 'u', id, now() + interval '1 h' FROM unnest('{s1,s2}'::text[]) AS id;
    INSERT INTO oauth_client (id, client_id, redirect_uris, grant_types)
    SELECT id, id, '[]', '["authorization_code", "refresh_token"]' FROM unnest('{a,b}'::text[]) AS id`);
  await grant('s1', 'a');
  await grant('s1', 'b');
  await grant('s2', 'a');
});

/** Like the auth server: consent, grant, refresh token. */
async function grant(session: string, client: string): Promise<void> {
  await recorder.sql.query(`
    INSERT INTO oauth_consent (id, client_id, user_id, scopes, created_at, updated_at)
    VALUES ('${client}', '${client}', 'u', '[]', now(), now()) ON CONFLICT DO NOTHING;
    INSERT INTO oauth_grant (session_id, client_id) VALUES ('${session}', '${client}');
    INSERT INTO oauth_refresh_token
      (id, token, client_id, session_id, user_id, expires_at, created_at, scopes)
    VALUES ('${session} ${client}', '${session} ${client}', '${client}', '${session}', 'u',
            now() + interval '1 h', now(), '[]')`);
}

async function left(): Promise<{ grants: string[]; tokens: string[] }> {
  const { rows } = await recorder.sql.query<{ grants: string[]; tokens: string[] }>(`
    SELECT ARRAY(SELECT session_id || ' ' || client_id FROM oauth_grant ORDER BY 1) AS grants,
           ARRAY(SELECT id FROM oauth_refresh_token ORDER BY 1) AS tokens`);
  return rows[0]!;
}

const REVOKED = `UPDATE oauth_refresh_token SET revoked = now() WHERE id = 's1 a'`;

describe('the end of a grant', () => {
  it.each([
    ['by itself', `DELETE FROM oauth_grant WHERE session_id = 's1' AND client_id = 'a'`],
    ['with its refresh token', `DELETE FROM oauth_refresh_token WHERE id = 's1 a'`],
    ['with a refresh token that is revoked', REVOKED],
    [
      'in replication role',
      `BEGIN; SET LOCAL session_replication_role = replica; ${REVOKED}; COMMIT`,
    ],
  ])('%s is announced as a change of the session, and deletes the tokens', async (_title, sql) => {
    expect(await recorder.announcedBy(sql)).toEqual([{ sessions: ['s1'] }]);
    const others = ['s1 b', 's2 a'];
    expect(await left()).toEqual({ grants: others, tokens: others });
  });

  it('with the consent ends the grants of all sessions', async () => {
    const received = await recorder.announcedBy(`DELETE FROM oauth_consent WHERE client_id = 'a'`);
    expect(received).toEqual([{ sessions: expect.arrayContaining(['s1', 's2']) }]);
    expect(await left()).toEqual({ grants: ['s1 b'], tokens: ['s1 b'] });
  });

  it.each([
    ['the consent loses a scope', `UPDATE oauth_consent SET scopes = '["users:read"]'`],
    [
      'the consent is given to another client',
      `DELETE FROM oauth_consent WHERE client_id = 'b';
       UPDATE oauth_consent SET client_id = 'b' WHERE client_id = 'a'`,
    ],
    ['the consent is limited to a resource', `UPDATE oauth_consent SET resources = '["other"]'`],
    ['the client loses a grant type', `UPDATE oauth_client SET grant_types = '["refresh_token"]'`],
    ['the client has no grant types', `UPDATE oauth_client SET grant_types = NULL`],
    ['the client loses a resource', `DELETE FROM oauth_client_resource`],
    ['the client gets another resource', `UPDATE oauth_client_resource SET resource_id = 'other'`],
    ['the resource is deleted', `DELETE FROM oauth_resource WHERE identifier = 'api'`],
    ['the resource is disabled', `UPDATE oauth_resource SET disabled = true`],
    ['the resource loses a scope', `UPDATE oauth_resource SET allowed_scopes = '["a"]'`],
  ])('comes when %s', async (_title, sql) => {
    await recorder.sql.query(`
      UPDATE oauth_consent SET scopes = '["users:read", "users:write"]';
      INSERT INTO oauth_resource (id, identifier, name, allowed_scopes)
      VALUES ('api', 'api', 'API', '["a", "b"]'), ('other', 'other', 'Other', '["a", "b"]');
      INSERT INTO oauth_client_resource (id, client_id, resource_id) VALUES ('a', 'a', 'api')`);
    const received = await recorder.announcedBy(sql);
    expect(JSON.stringify(received)).toContain('"s2"');
    expect((await left()).grants).not.toContain('s2 a');
    expect((await left()).tokens).not.toContain('s2 a');
  });

  it('does not come when the consent or the client gets more', async () => {
    await recorder.sql.query(`
      UPDATE oauth_consent SET scopes = '["users:read"]';
      UPDATE oauth_client SET grant_types = grant_types || '["client_credentials"]'`);
    expect((await left()).grants).toHaveLength(3);
  });

  it.each([
    'oauth_consent',
    'oauth_refresh_token CASCADE',
    'oauth_grant',
    'oauth_client_resource',
    'oauth_resource CASCADE',
  ])('is that of all by TRUNCATE %s', async (tables) => {
    await recorder.sql.query(`TRUNCATE ${tables}`);
    expect(await left()).toEqual({ grants: [], tokens: [] });
  });

  it('with the session is announced once', async () => {
    expect(await recorder.announcedBy(`DELETE FROM session WHERE id = 's1'`)).toEqual([
      { sessions: ['s1'] },
    ]);
    expect((await left()).grants).toEqual(['s2 a']);
  });

  it('with the client is announced for both', async () => {
    const received = await recorder.announcedBy(`DELETE FROM oauth_client WHERE client_id = 'b'`);
    expect(received).toEqual(expect.arrayContaining([{ clients: ['b'] }, { sessions: ['s1'] }]));
    expect(received).toHaveLength(2);
  });

  it('of all grants is announced as a change of everything', async () => {
    expect(await recorder.announcedBy('TRUNCATE oauth_grant')).toEqual([{ all: true }]);
  });
});

describe('does not follow from, and is not announced for,', () => {
  it.each([
    ['a new grant', `INSERT INTO oauth_grant (session_id, client_id) VALUES ('s2', 'b')`],
    [
      'a refresh token that gives way to its successor',
      `UPDATE oauth_refresh_token SET revoked = now(), rotated_at = now() WHERE id = 's1 a'`,
    ],
    [
      'a refresh token that is deleted after its time',
      `UPDATE oauth_refresh_token SET expires_at = now() - interval '1 s' WHERE id = 's1 a';
       DELETE FROM oauth_refresh_token WHERE id = 's1 a'`,
    ],
    [
      'a consent to something else',
      `UPDATE oauth_consent SET scopes = '["openid"]' WHERE client_id = 'a'`,
    ],
  ])('%s', async (_title, sql) => {
    expect(await recorder.announcedBy(sql)).toEqual([]);
    expect((await left()).grants).toEqual(expect.arrayContaining(['s1 a', 's1 b', 's2 a']));
  });
});
