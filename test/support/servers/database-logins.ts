import { randomBytes } from 'node:crypto';
import { Client, type DatabaseError } from 'pg';
import type * as grants from '../../../launcher/database-grants';
import type { Settings } from '../../../runtime/settings/load';
import { RUN_VARIABLE } from '../database';
import { loadNatively } from '../native/load';

// Its imports are thirty files, and most tests load this one.
const { DATABASE_ROLES } = loadNatively('launcher/database-grants') as typeof grants;

type ProcessName = keyof typeof DATABASE_ROLES;

/** The password of both, set by `global-setup.ts`; a login that an interrupted run leaves is closed. */
const PASSWORD_VARIABLE = 'GATEHOUSE_TEST_LOGIN_PASSWORD';

/**
 * Creates a login of this run for each process. A login is a member of the role of its process,
 * so that several runs can share a server. A second server of the run gets the same logins. The
 * user of the run is a member of them: without it, only a superuser can end their connections.
 */
export async function createTestLogins(serverUrl: string): Promise<void> {
  const password = (process.env[PASSWORD_VARIABLE] ??= randomBytes(24).toString('hex'));
  await onServer(serverUrl, async (client) => {
    for (const [name, role] of Object.entries(DATABASE_ROLES)) {
      const login = loginOf(name as ProcessName);
      await explainDenial(async () => {
        await client.query(`
          DO $$ BEGIN CREATE ROLE ${role};
          EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`);
        await client.query(
          `CREATE ROLE ${login} LOGIN PASSWORD '${password}' IN ROLE ${role} ROLE CURRENT_USER`,
        );
      });
    }
  });
}

/** Another user can own the roles of the processes: a development database on the same server. */
async function explainDenial(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code, message } = error as DatabaseError;
    if (code !== '42501') throw error;
    const roles = Object.values(DATABASE_ROLES).join(', ');
    throw new Error(
      `TEST_DATABASE_URL: ${message}. Its user is a superuser, or has CREATEDB, CREATEROLE and, ` +
        `if another user created them, the roles ${roles} WITH ADMIN OPTION.`,
      { cause: error },
    );
  }
}

/** Removes the logins of this run. `IF EXISTS` needs the privilege for a missing role too. */
export async function dropTestLogins(serverUrl: string): Promise<void> {
  const logins = Object.keys(DATABASE_ROLES).map((name) => loginOf(name as ProcessName));
  await onServer(serverUrl, async (client) => {
    const found = await client.query<{ rolname: string }>(
      'SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)',
      [logins],
    );
    for (const { rolname } of found.rows) await client.query(`DROP ROLE ${rolname}`);
  });
}

/** The URL with the login of a process. */
export function urlAs(name: ProcessName, databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.username = loginOf(name);
  url.password = process.env[PASSWORD_VARIABLE] ?? '';
  return url.href;
}

/** The settings of a process, with its login. */
export function settingsAs(name: ProcessName, settings: Settings): Settings {
  return {
    ...settings,
    databaseUrl: urlAs(name, settings.databaseUrl),
    databaseDirectUrl: urlAs(name, settings.databaseDirectUrl),
  };
}

function loginOf(name: ProcessName): string {
  return `${process.env[RUN_VARIABLE]}_${name.toLowerCase()}`;
}

async function onServer(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
