import { Client } from 'pg';
import { DATABASE_ROLES } from './database-grants';
import { keptSecret } from '../runtime/settings/development';

/** The database URL of each process. */
export type ProcessUrls = Record<keyof typeof DATABASE_ROLES, string>;

/**
 * Creates the login role of each process in the embedded database. The passwords are generated
 * once and kept in files. @param ownerUrl of the owner of the database.
 */
export async function createLogins(ownerUrl: string): Promise<ProcessUrls> {
  const client = new Client(ownerUrl);
  await client.connect();
  try {
    const authServer = await createLogin(client, { role: DATABASE_ROLES.authServer, ownerUrl });
    const api = await createLogin(client, { role: DATABASE_ROLES.api, ownerUrl });
    return { authServer, api };
  } finally {
    await client.end();
  }
}

async function createLogin(
  client: Client,
  { role, ownerUrl }: { role: string; ownerUrl: string },
): Promise<string> {
  const password = keptSecret(`${role}-password`);
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.href;
}
