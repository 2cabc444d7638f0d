import { Client, DatabaseError } from 'pg';
import { DATABASE_ROLES } from './database-grants';
import { toConnectError } from './migration-error';
import { keptSecret } from '../runtime/settings/development';
import { StartError } from '../runtime/start-error';

const CONNECT_LIMIT_MS = 5_000;

type ProcessName = keyof typeof DATABASE_ROLES;

/** The database URL of each process. */
export type ProcessUrls = Record<ProcessName, string>;

/** The password of the login of each process; `null`: the login stays as it is. */
export type LoginPasswords = Record<ProcessName, string | null>;

/**
 * Creates the login of each process in the embedded database. The passwords are generated
 * once and kept in files. @param ownerUrl of the owner of the database.
 */
export async function createKeptLogins(ownerUrl: string): Promise<ProcessUrls> {
  const passwords = {
    authServer: keptSecret(`${DATABASE_ROLES.authServer}-password`),
    api: keptSecret(`${DATABASE_ROLES.api}-password`),
  };
  await createLogins(ownerUrl, passwords);
  return {
    authServer: urlOf(ownerUrl, {
      role: DATABASE_ROLES.authServer,
      password: passwords.authServer,
    }),
    api: urlOf(ownerUrl, { role: DATABASE_ROLES.api, password: passwords.api }),
  };
}

function urlOf(ownerUrl: string, { role, password }: { role: string; password: string }): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.href;
}

/**
 * Creates the logins that are missing, and sets the passwords. Call it before the migrations,
 * which give the roles their privileges.
 *
 * @throws {MigrationError} within seconds when the database cannot be reached.
 * @throws {StartError} when the owner of the database may not create roles.
 */
export async function createLogins(ownerUrl: string, passwords: LoginPasswords): Promise<void> {
  const named = Object.entries(passwords).filter(([, password]) => password !== null);
  if (named.length === 0) return;
  const client = new Client({
    connectionString: ownerUrl,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
  });
  try {
    await client.connect().catch((error: unknown) => {
      throw toConnectError(error);
    });
    for (const [name, password] of named) {
      await createLogin(client, { role: DATABASE_ROLES[name as ProcessName], password: password! });
    }
  } finally {
    await client.end().catch(() => {});
  }
}

const ALREADY_THERE = ['42710', '23505'];

/** "tuple concurrently updated": another command changed the same role in this moment. */
const CHANGED_MEANWHILE = 'XX000';

/** One of the commands that run at once succeeds in each round: enough for as many commands. */
const MOST_ATTEMPTS = 10;

async function createLogin(
  client: Client,
  { role, password }: { role: string; password: string },
): Promise<void> {
  try {
    // Two commands at once: one creates the role, the other finds it.
    await client.query(`CREATE ROLE ${role}`).catch(acceptExisting);
    const change = `ALTER ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(password)}`;
    await repeatWhileChanged(() => client.query(change));
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new StartError(`the login ${role} could not be created: ${error.message}`, {
      cause: error,
    });
  }
}

function acceptExisting(error: unknown): void {
  if (error instanceof DatabaseError && ALREADY_THERE.includes(error.code ?? '')) return;
  throw error;
}

/** Roles belong to the whole server, so a lock of one database does not separate the commands. */
async function repeatWhileChanged(change: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await change();
      return;
    } catch (error) {
      const isChanged = error instanceof DatabaseError && error.code === CHANGED_MEANWHILE;
      if (!isChanged || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}
