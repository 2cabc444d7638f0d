import { Client } from 'pg';

/** Names of two words: 5,000 first ones, and second ones of which hardly two are alike. */
const GENERATE_USERS = `
  INSERT INTO "user" (id, name, email, created_at)
  SELECT md5(n::text), initcap(substr(word(n % 5000), 1, 6) || ' ' || substr(word(n), 1, 9)),
         substr(word(n % 5000), 1, 6) || '.' || n || '@example.com',
         timestamptz '2020-01-01' + n / 3 * interval '1 second'
    FROM generate_series(1, $1::int) AS n`.replaceAll(
  /word\((.*?)\)/g,
  `translate(md5('$1' || ($1)::text), '0123456789', 'ghijklmnop')`,
);

const SELECT_INDEXES = `
  SELECT indexname AS name, indexdef AS definition FROM pg_indexes
   WHERE tablename = 'user' AND indexname LIKE '%_idx'`;

const GENERATE_SESSIONS = `
  INSERT INTO session (id, user_id, token, expires_at)
  SELECT md5('session' || n), md5(n::text), md5('token' || n), now() + interval '1 day'
    FROM generate_series(1, $1::int) AS n
  RETURNING id AS "sessionId", user_id AS "userId"`;

/** Whom a token stands for. */
export interface Subject {
  sessionId: string;
  userId: string;
}

export async function generateUsers(url: string, users: number): Promise<void> {
  await withClient(url, async (client) => {
    // The same indexes, made once at the end: that takes a tenth of the time.
    const { rows } = await client.query<{ name: string; definition: string }>(SELECT_INDEXES);
    for (const { name } of rows) await client.query(`DROP INDEX "${name}"`);
    await client.query(GENERATE_USERS, [users]);
    for (const { definition } of rows) await client.query(definition);
    await client.query('VACUUM (ANALYZE) "user"');
  });
}

/** A session of each of the first users that {@link generateUsers} made. */
export function generateSessions(url: string, sessions: number): Promise<Subject[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<Subject>(GENERATE_SESSIONS, [sessions]);
    await client.query('VACUUM (ANALYZE) session');
    return rows;
  });
}

export async function withClient<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
