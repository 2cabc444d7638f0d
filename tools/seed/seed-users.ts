import { hash } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { makeUser, type SeedUser } from './people';

/**
 * So many users get a password. The database ends sessions and links for each change of a
 * credential, which takes longer than the rest of a user.
 */
const MOST_PASSWORDS = 1_000;
/** Users of one transaction: few at first, see {@link ANALYZE}. */
const FIRST_BATCH = 500;
const LARGEST_BATCH = 10_000;
/**
 * After each transaction until they have the largest size: the plans that triggers keep for a small
 * table read it row by row, and this makes PostgreSQL plan them anew.
 */
const ANALYZE = 'ANALYZE';

export interface SeedOptions {
  /** With the login of the owner of the database. */
  databaseUrl: string;
  users: number;
}

export interface SeedResult {
  sessions: number;
  /** Of the first users of this run. */
  password: string;
  passwords: number;
}

/**
 * Adds users with sessions, roles, bans and audit events. The users of each run have other e-mail
 * addresses, so a further run adds users.
 */
export async function seedUsers({ databaseUrl, users }: SeedOptions): Promise<SeedResult> {
  const run = randomBytes(4).toString('hex');
  const password = randomBytes(12).toString('base64url');
  const passwordHash = await hash(password);
  const client = new Client(databaseUrl);
  await client.connect();
  let sessions = 0;
  try {
    let size = FIRST_BATCH;
    for (let done = 0; done < users; done += size, size = Math.min(2 * size, LARGEST_BATCH)) {
      const length = Math.min(size, users - done);
      const batch = Array.from({ length }, (_, index) => makeUser(run, done + index));
      const withPassword = batch.slice(0, Math.max(0, MOST_PASSWORDS - done)).map(({ id }) => id);
      sessions += await writeBatch(client, { users: batch, withPassword, passwordHash });
      if (size < LARGEST_BATCH) await client.query(ANALYZE);
    }
    await client.query(ANALYZE);
  } finally {
    await client.end();
  }
  return { sessions, password, passwords: Math.min(users, MOST_PASSWORDS) };
}

interface Batch {
  users: SeedUser[];
  /** The ids of those that get the password. */
  withPassword: string[];
  passwordHash: string;
}

async function writeBatch(client: Client, batch: Batch): Promise<number> {
  const { users, withPassword, passwordHash } = batch;
  const sessions = users.flatMap((user) =>
    user.sessions.map((session) => ({ ...session, userId: user.id })),
  );
  await client.query('BEGIN');
  await insertUsers(client, users);
  // Before the sessions: a new password ends those of its user.
  await insertRows(client, INSERT_ACCOUNTS, [withPassword, passwordHash]);
  await insertRows(client, INSERT_SESSIONS, [
    sessions.map(({ id }) => id),
    sessions.map(({ userId }) => userId),
    sessions.map(({ token }) => token),
    sessions.map(({ createdAt }) => createdAt),
    sessions.map(({ expiresAt }) => expiresAt),
    sessions.map(({ ipAddress }) => ipAddress),
    sessions.map(({ userAgent }) => userAgent),
  ]);
  await insertEvents(client, users);
  await client.query('COMMIT');
  return sessions.length;
}

function insertUsers(client: Client, users: SeedUser[]): Promise<void> {
  return insertRows(client, INSERT_USERS, [
    users.map(({ id }) => id),
    users.map(({ name }) => name),
    users.map(({ email }) => email),
    users.map(({ isVerified }) => isVerified),
    users.map(({ role }) => role),
    users.map(({ ban }) => ban !== null),
    users.map(({ ban }) => ban?.reason ?? null),
    users.map(({ ban }) => ban?.expires ?? null),
    users.map(({ createdAt }) => createdAt),
  ]);
}

/** The database sets the time of an event: all of them happened now. */
function insertEvents(client: Client, users: SeedUser[]): Promise<void> {
  const events = users.flatMap((user) => [
    { action: 'user.signed_up', id: user.id },
    ...user.sessions.map(() => ({ action: 'user.signed_in', id: user.id })),
    ...(user.ban === null ? [] : [{ action: 'user.banned', id: user.id }]),
  ]);
  return insertRows(client, INSERT_EVENTS, [
    events.map(({ action }) => action),
    events.map(({ action }) => (action === 'user.banned' ? 'system' : 'user')),
    events.map(({ id }) => id),
  ]);
}

interface Statement {
  name: string;
  text: string;
}

/** Prepared once for a connection. Each value is an array with one element for each row. */
const INSERT_USERS: Statement = {
  name: 'seed-users',
  text: `
    INSERT INTO "user" (id, name, email, email_verified, role, banned, ban_reason, ban_expires,
                        created_at, updated_at)
    SELECT id, name, email, verified, role, banned, reason, expires, created, created
      FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::text[], $6::boolean[],
                  $7::text[], $8::timestamptz[], $9::timestamptz[])
        AS new (id, name, email, verified, role, banned, reason, expires, created)`,
};

const INSERT_ACCOUNTS: Statement = {
  name: 'seed-accounts',
  text: `
    INSERT INTO account (id, user_id, account_id, provider_id, password)
    SELECT md5('account' || id), id, id, 'credential', $2::text FROM unnest($1::text[]) AS id`,
};

const INSERT_SESSIONS: Statement = {
  name: 'seed-sessions',
  text: `
    INSERT INTO session (id, user_id, token, created_at, updated_at, expires_at, ip_address, user_agent)
    SELECT id, user_id, token, created, created, expires, address, agent
      FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[],
                  $6::text[], $7::text[])
        AS new (id, user_id, token, created, expires, address, agent)`,
};

const INSERT_EVENTS: Statement = {
  name: 'seed-events',
  text: `
    INSERT INTO audit_event (action, actor_type, actor_id, subject_type, subject_id)
    SELECT action, actor, CASE WHEN actor = 'user' THEN id END, 'user', id
      FROM unnest($1::text[], $2::text[], $3::text[]) AS new (action, actor, id)`,
};

async function insertRows(client: Client, statement: Statement, values: unknown[]): Promise<void> {
  await client.query({ ...statement, values });
}
