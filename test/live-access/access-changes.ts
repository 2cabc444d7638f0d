import { createHash, randomUUID } from 'node:crypto';
import { type AccessFixture, givePassword, type Person, visit } from './access-fixture';

/** What a response shows: access, or the administrator role. */
export type Question = 'is let in' | 'administers';

/** One change that removes or gives access. */
export interface AccessChange {
  name: string;
  question: Question;
  /** The result before the change; afterwards it is the opposite. */
  before: boolean;
  /** Preparation of the change. */
  prepare?(fixture: AccessFixture, person: Person): Promise<unknown>;
  /**
   * @returns when the change is committed, or the time (of `performance.now()`) at which it
   * happens by itself.
   */
  apply(fixture: AccessFixture, person: Person): Promise<number | void>;
}

/** The code of a password link has 24 characters. */
const linkOf = (id: string) => id.slice(0, 24);

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url');

/** An end by time happens after this duration. */
const ENDS_IN_MS = 300;

/** The administrator's password, which {@link givePassword} uses. */
export const ADMINISTRATOR = { email: 'admin@example.com', password: 'the first administrator' };

/** All changes except those that concern all users. */
export const ACCESS_CHANGES: AccessChange[] = [
  ended('signing out of the API', (fixture, { accessToken }) =>
    api(fixture, 'POST', '/auth/sign-out', accessToken),
  ),
  ended('signing out of the auth server', (fixture, { sessionToken }) =>
    auth(fixture, '/sign-out', { bearer: sessionToken }),
  ),
  ended('signing out through the pass-through', (fixture, { sessionToken }) =>
    auth(fixture, '/sign-out', { bearer: sessionToken, baseUrl: fixture.replicas[0] }),
  ),
  ended('ending one session through the API', (fixture, { other, sessionId }) =>
    api(fixture, 'DELETE', `/users/me/sessions/${sessionId}`, other.accessToken),
  ),
  ended('ending all other sessions through the API', (fixture, { other }) =>
    api(fixture, 'DELETE', '/users/me/sessions', other.accessToken),
  ),
  ended('an administrator ending all sessions through the API', (fixture, { id }) =>
    api(fixture, 'DELETE', `/admin/users/${id}/sessions`, fixture.admin.accessToken),
  ),
  ended("Better-Auth's revoke-session", (fixture, { other, sessionToken }) =>
    auth(fixture, '/revoke-session', { bearer: other.sessionToken, body: { token: sessionToken } }),
  ),
  ended("Better-Auth's revoke-sessions", (fixture, { other }) =>
    auth(fixture, '/revoke-sessions', { bearer: other.sessionToken }),
  ),
  ended("Better-Auth's revoke-other-sessions", (fixture, { other }) =>
    auth(fixture, '/revoke-other-sessions', { bearer: other.sessionToken }),
  ),
  ended("Better-Auth's admin/revoke-user-sessions", (fixture, { id }) =>
    auth(fixture, '/admin/revoke-user-sessions', asAdmin(fixture, { userId: id })),
  ),
  {
    ...ended('changing the password with revocation', (fixture, { other }) =>
      auth(fixture, '/change-password', {
        bearer: other.sessionToken,
        body: {
          currentPassword: ADMINISTRATOR.password,
          newPassword: `${randomUUID()} is new`,
          revokeOtherSessions: true,
        },
      }),
    ),
    prepare: givePassword,
  },
  {
    // Needs no mail: the row is the target of the link.
    ...ended('resetting the password', (fixture, { id }) =>
      auth(fixture, '/reset-password', {
        body: { token: linkOf(id), newPassword: `${randomUUID()} is new` },
      }),
    ),
    prepare: async (fixture, person) => {
      await givePassword(fixture, person);
      await fixture.sql.query(
        `INSERT INTO verification (id, identifier, value, expires_at)
         VALUES ($1, $2, $1, now() + interval '1 hour')`,
        [person.id, `reset-password:${hashOf(`reset-password:${linkOf(person.id)}`)}`],
      );
    },
  },
  ended('a password that an administrator sets', (fixture, { id }) =>
    auth(
      fixture,
      '/admin/set-user-password',
      asAdmin(fixture, { userId: id, newPassword: `${randomUUID()} is new` }),
    ),
  ),
  {
    ...ended('an administrator taking a second factor away', (fixture, { id }) =>
      api(fixture, 'DELETE', `/admin/users/${id}/two-factor`, fixture.admin.accessToken),
    ),
    // The trigger would end the session.
    prepare: ({ sql: client }, { id }) =>
      client.query(
        `BEGIN;
         ALTER TABLE "user" DISABLE TRIGGER user_changes_credentials;
         INSERT INTO two_factor (id, user_id, secret, backup_codes) VALUES ('${id}', '${id}', 's', 's');
         UPDATE "user" SET two_factor_enabled = true WHERE id = '${id}';
         ALTER TABLE "user" ENABLE ALWAYS TRIGGER user_changes_credentials;
         COMMIT`,
      ),
  },
  ended('an administrator removing all sign-in methods', (fixture, { id }) =>
    api(fixture, 'DELETE', `/admin/users/${id}/sign-in-methods`, fixture.admin.accessToken),
  ),
  ended('a ban through the API', (fixture, { id }) =>
    api(fixture, 'PUT', `/admin/users/${id}/ban`, fixture.admin.accessToken, {}),
  ),
  ended("a ban through Better-Auth's admin endpoint", (fixture, { id }) =>
    auth(fixture, '/admin/ban-user', asAdmin(fixture, { userId: id })),
  ),
  ended('a ban by a statement', sql(`UPDATE "user" SET banned = true WHERE id = $1`)),
  {
    name: 'a session that expires',
    question: 'is let in',
    before: true,
    apply: (fixture, { sessionId }) =>
      endingSoon(fixture, [
        'UPDATE session SET expires_at = $2 WHERE id = $1 RETURNING expires_at AS at',
        sessionId,
      ]),
  },
  ended(
    'a session that is cut short by a statement',
    sql(
      `UPDATE session SET expires_at = now() - interval '1 s' WHERE user_id = $1 AND expires_at > now()`,
    ),
  ),
  ended('a session that a statement deletes', sql('DELETE FROM session WHERE user_id = $1')),
  demoted('a demotion through the API', (fixture, { id }) =>
    api(fixture, 'PUT', `/admin/users/${id}/role`, fixture.admin.accessToken, { role: 'user' }),
  ),
  demoted("a demotion through Better-Auth's set-role", (fixture, { id }) =>
    auth(fixture, '/admin/set-role', asAdmin(fixture, { userId: id, role: 'user' })),
  ),
  demoted('a demotion by a statement', sql(`UPDATE "user" SET role = 'user' WHERE id = $1`)),
  promoted('a promotion through the API', (fixture, { id }) =>
    api(fixture, 'PUT', `/admin/users/${id}/role`, fixture.admin.accessToken, { role: 'admin' }),
  ),
  promoted('a promotion by a statement', sql(`UPDATE "user" SET role = 'admin' WHERE id = $1`)),
  ended('deleting oneself through the API', (fixture, { other }) =>
    api(fixture, 'DELETE', '/users/me', other.accessToken),
  ),
  ended("deletion by Better-Auth's remove-user", (fixture, { id }) =>
    auth(fixture, '/admin/remove-user', asAdmin(fixture, { userId: id })),
  ),
  ended('deletion by a statement', sql('DELETE FROM "user" WHERE id = $1')),
  {
    ...ended(
      'a statement that bans thousands',
      sql(`UPDATE "user" SET banned = true WHERE name = 'One of thousands' OR id = $1`),
    ),
    prepare: async ({ sql: client }) => {
      await client.query(
        `INSERT INTO "user" (id, name, email, banned)
         SELECT 'thousands' || i, 'One of thousands', 'thousands' || i || '@example.com', true
           FROM generate_series(1, 5000) i
         ON CONFLICT (id) DO UPDATE SET banned = false`,
      );
    },
  },
];

/** Changes that concern all users, at the end. */
export const CHANGES_FOR_ALL: AccessChange[] = [
  ended('TRUNCATE of all sessions', sql('TRUNCATE session CASCADE')),
  ended('TRUNCATE of all users', sql('TRUNCATE "user" CASCADE')),
];

export function ended(name: string, apply: AccessChange['apply']): AccessChange {
  return { name, question: 'is let in', before: true, apply };
}

function demoted(name: string, apply: AccessChange['apply']): AccessChange {
  const prepare = sql(`UPDATE "user" SET role = 'admin' WHERE id = $1`);
  return { name, question: 'administers', before: true, prepare, apply };
}

function promoted(name: string, apply: AccessChange['apply']): AccessChange {
  return { name, question: 'administers', before: false, apply };
}

/** @param statement whose `$1` is the user's id; it must change a row. */
export function sql(statement: string): (fixture: AccessFixture, person: Person) => Promise<void> {
  return async (fixture, { id }) => {
    await fixture.sql.query(statement, statement.includes('$1') ? [id] : []);
  };
}

async function endingSoon(
  fixture: AccessFixture,
  [statement, id]: [string, string],
): Promise<number> {
  const found = await fixture.sql.query<{ at: Date }>(statement, [
    id,
    new Date(Date.now() + ENDS_IN_MS),
  ]);
  return performance.now() + (found.rows[0]!.at.getTime() - Date.now());
}

function asAdmin(fixture: AccessFixture, body: object) {
  return { bearer: fixture.admin.sessionToken, body };
}

export async function auth(
  fixture: AccessFixture,
  path: string,
  {
    bearer,
    body = {},
    baseUrl = fixture.authUrl,
  }: { bearer?: string; body?: object; baseUrl?: string },
): Promise<void> {
  const url = `${baseUrl}/api/auth${path}`;
  const answer = await visit(url, { method: 'POST', bearer, body, origin: fixture.authUrl });
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
}

export async function api(
  fixture: AccessFixture,
  ...[method, path, bearer, body]: ApiCall
): Promise<void> {
  const answer = await visit(`${fixture.replicas[0]}/api/v1${path}`, { method, bearer, body });
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
}

type ApiCall = [method: string, path: string, bearer: string, body?: object];
