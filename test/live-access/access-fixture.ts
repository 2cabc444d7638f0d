import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';

/** What a change of access can use. */
export interface AccessFixture {
  authUrl: string;
  /** Base URL of each replica of the API. */
  replicas: string[];
  /** A statement of a writer with access to the database. */
  sql: Client;
  /** Access token and session token of an administrator. */
  admin: Credentials;
}

export interface Credentials {
  accessToken: string;
  sessionToken: string;
}

/** A user with two sessions: the watched one and another. */
export interface Person extends Credentials {
  id: string;
  sessionId: string;
  other: Credentials;
}

export interface Visit {
  status: number;
  body: Record<string, unknown>;
}

/** Lifetime of a session in seconds. */
const SESSION_LIFETIME_S = 3_600;

/** Calls a URL like a client: no cookie, the origin of the auth server. */
export async function visit(
  url: string,
  options: { method?: string; bearer?: string; body?: object; origin?: string } = {},
): Promise<Visit> {
  const { method = 'GET', bearer, body, origin } = options;
  const response = await fetch(url, {
    method,
    body: body && JSON.stringify(body),
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(bearer && { authorization: `Bearer ${bearer}` }),
      ...(origin && { origin }),
    },
  });
  const text = await response.text();
  return { status: response.status, body: text ? (JSON.parse(text) as Visit['body']) : {} };
}

/**
 * Creates a user by rows instead of a sign-up, which would cost a password hash. @param role
 * default `user`.
 */
export async function makePerson(fixture: AccessFixture, { role = 'user' } = {}): Promise<Person> {
  const id = `person-${randomUUID()}`;
  await fixture.sql.query(
    `INSERT INTO "user" (id, name, email, email_verified, role) VALUES ($1, 'Person', $2, true, $3)`,
    [id, `${id}@example.com`, role],
  );
  const [session, other] = [await beginSession(fixture, id), await beginSession(fixture, id)];
  return { id, ...session, other };
}

/** Gives a user the administrator's password, whose hash exists. */
export async function givePassword({ sql }: AccessFixture, { id }: Person): Promise<void> {
  await sql.query(
    `INSERT INTO account (id, user_id, account_id, provider_id, password, basis)
     SELECT 'account-' || $1, $1, $1, provider_id, password, '- - rehash' FROM account
      WHERE provider_id = 'credential' AND password IS NOT NULL
        AND user_id IN (SELECT id FROM "user" WHERE role = 'admin') LIMIT 1`,
    [id],
  );
}

async function beginSession({ sql, authUrl }: AccessFixture, userId: string) {
  const sessionId = `session-${randomUUID()}`;
  const sessionToken = randomUUID().replaceAll('-', '');
  await sql.query(
    `INSERT INTO session (id, user_id, token, expires_at)
     VALUES ($1, $2, $3, now() + make_interval(secs => $4))`,
    [sessionId, userId, sessionToken, SESSION_LIFETIME_S],
  );
  const { status, body } = await visit(`${authUrl}/api/auth/token`, { bearer: sessionToken });
  if (status !== 200) throw new Error(`no token: ${status} ${JSON.stringify(body)}`);
  return { sessionId, sessionToken, accessToken: String(body.token) };
}
