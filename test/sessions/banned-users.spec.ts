import { startInProcess } from '../support/auth-server/in-process';
import type { SignedIn } from '../support/auth-server/harness';
import { send } from '../support/raw-http';

const TOKEN = 'the-token-of-a-session-that-a-ban-has-left';
const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };

let server: Awaited<ReturnType<typeof startInProcess>>;
let user: SignedIn;

beforeAll(async () => {
  server = await startInProcess({ RATE_LIMITS: 'off' });
  user = await server.signUp('banned@example.com');
  await server.sql.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [user.userId]);
});

afterAll(() => server.stop());

/** Without the trigger that refuses it. */
async function leaveSession(banned: boolean): Promise<void> {
  const { sql } = server;
  await sql.query('UPDATE "user" SET banned = $2 WHERE id = $1', [user.userId, banned]);
  await sql.query('ALTER TABLE session DISABLE TRIGGER session_begins');
  try {
    await sql.query(
      `INSERT INTO session (id, user_id, token, expires_at)
       VALUES ('left', $1, $2, now() + interval '1 hour')
       ON CONFLICT (id) DO UPDATE SET token = $2`,
      [user.userId, TOKEN],
    );
  } finally {
    await sql.query('ALTER TABLE session ENABLE ALWAYS TRIGGER session_begins');
  }
}

const CALLS: [method: string, path: string, body?: (id: string) => object][] = [
  ['GET', '/token'],
  ['GET', '/list-sessions'],
  ['GET', '/list-accounts'],
  ['GET', '/admin/list-users'],
  ['GET', '/oauth2/get-consents'],
  ['GET', '/passkey/generate-register-options'],
  ['GET', '/passkey/list-user-passkeys'],
  ['POST', '/update-user', () => ({ name: 'Another' })],
  ['POST', '/change-email', () => ({ newEmail: 'another@example.com' })],
  ['POST', '/revoke-sessions', () => ({})],
  ['POST', '/two-factor/forget-devices', () => ({})],
  ['POST', '/admin/unban-user', (userId) => ({ userId })],
  ['POST', '/admin/set-role', (userId) => ({ userId, role: 'admin' })],
  ['POST', '/admin/create-user', () => ({ email: 'n@example.com', name: 'N', role: 'admin' })],
];

const statusOf = async ([method, path, body]: (typeof CALLS)[number]) =>
  (
    await send(server.url, {
      method,
      path: `/api/auth${path}`,
      headers,
      body: body && JSON.stringify(body(user.userId)),
    })
  ).status;

it.each(CALLS)('a session that a ban has left is refused by %s %s', async (...call) => {
  await leaveSession(true);
  expect([401, 403]).toContain(await statusOf(call));
  const { rows } = await server.sql.query('SELECT banned FROM "user" WHERE id = $1', [user.userId]);
  expect(rows).toEqual([{ banned: true }]);
  await leaveSession(false);
  expect(await statusOf(call)).toBe(200);
});

it('a session that a ban has left is none', async () => {
  await leaveSession(true);
  const path = '/api/auth/get-session';
  expect(await send(server.url, { path, headers })).toMatchObject({ status: 200, text: 'null' });
});
