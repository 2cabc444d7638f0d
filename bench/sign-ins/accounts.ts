import { randomUUID } from 'node:crypto';
import { Argon2id } from '../../auth-server/password/argon2id';
import { withClient } from '../system/users';

export interface Accounts {
  emails: string[];
  password: string;
  /** The hash of the password, the same for all. */
  hash: string;
}

const PASSWORD = 'correct horse battery staple';

/** The default of the settings. */
const COST = { memory: 47_104, passes: 1 };

/** The first users, with a password: the limits of one account do not apply to many. */
export async function createAccounts(url: string, count: number): Promise<Accounts> {
  const hash = await new Argon2id(COST).hash(PASSWORD);
  const emails = await withClient(url, async (client) => {
    const { rows } = await client.query<{ id: string; email: string }>(
      `SELECT id, email FROM "user" WHERE role = 'user' ORDER BY id LIMIT $1`,
      [count],
    );
    for (const { id } of rows) {
      await client.query(
        `INSERT INTO account (id, account_id, provider_id, user_id, password)
         VALUES ($1, $2, 'credential', $2, $3)`,
        [randomUUID(), id, hash],
      );
    }
    return rows.map(({ email }) => email);
  });
  return { emails, password: PASSWORD, hash };
}
