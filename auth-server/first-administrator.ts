import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { writeAuditEvent } from './audit/audit-writer';
import type { Auth } from './better-auth/auth';
import type { AuthConfig } from './common/config';
import { LOCKS, SYSTEM, TABLES, type Role } from '../contract';
import { PATIENT_LOCK_WAIT_MS, whileLocked } from './common/database';
import { isEasilyGuessed } from './password/password-rules';
import type { Logger } from '../runtime/logger';
import { StartError } from '../runtime/start-error';

const { name: table, columns } = TABLES.user;

const ADMINISTRATOR: Role = 'admin';

interface Parts {
  auth: Auth;
  config: AuthConfig;
  logger: Logger;
  /** Shows text to the person at the terminal; never the log. */
  show: (text: string) => void;
}

/**
 * Creates the first administrator when there is none, once, also when several processes start
 * together. A user who already has the address is not promoted: otherwise the first person to sign
 * up with it would become administrator.
 */
export async function ensureFirstAdministrator({ auth, config, logger, show }: Parts) {
  const { databaseUrl, adminEmail } = config;
  const lock = { databaseUrl, key: LOCKS.firstAdministrator, waitMs: PATIENT_LOCK_WAIT_MS };
  await whileLocked(lock, async (client) => {
    if (await existsUser(client, { column: columns.role, value: ADMINISTRATOR })) return;
    if (await existsUser(client, { column: columns.email, value: adminEmail.toLowerCase() })) {
      logger.warn(
        'there is no administrator, and ADMIN_EMAIL belongs to an ordinary user, who is not promoted: set another ADMIN_EMAIL and start again',
      );
      return;
    }
    const password = config.adminPassword ?? randomBytes(18).toString('base64url');
    refuseGuessable(config, password);
    const id = await createAdministrator(auth, { email: adminEmail, password });
    const subject = { type: 'user', id } as const;
    const after = { email: adminEmail, role: ADMINISTRATOR };
    await writeAuditEvent(client, { ...SYSTEM, action: 'user.created', subject, after });
    logger.info('created the first administrator');
    if (config.adminPassword === null) show(credentials(adminEmail, password));
  });
}

/** @throws {StartError} in production only; development needs no such check. */
function refuseGuessable({ production, adminEmail }: AuthConfig, password: string): void {
  if (!production || !isEasilyGuessed(password, { email: adminEmail, name: ADMINISTRATOR })) return;
  throw new StartError(
    'ADMIN_PASSWORD is among the first passwords that are guessed: choose another one.',
  );
}

async function existsUser(
  client: Client,
  { column, value }: { column: string; value: string },
): Promise<boolean> {
  const { rowCount } = await client.query(`SELECT FROM "${table}" WHERE ${column} = $1 LIMIT 1`, [
    value,
  ]);
  return rowCount !== 0;
}

/**
 * `createOAuthUser` creates the user and the account of the password in one transaction. An
 * administrator without a password could not be created again at the next start.
 */
async function createAdministrator(
  auth: Auth,
  { email, password }: { email: string; password: string },
): Promise<string> {
  const { internalAdapter, generateId, password: passwords } = await auth.$context;
  const id = generateId({ model: 'user' }) || randomBytes(16).toString('hex');
  const user = { id, email, name: 'Administrator', emailVerified: true, role: ADMINISTRATOR };
  await internalAdapter.createOAuthUser(user, {
    providerId: 'credential',
    accountId: id,
    password: await passwords.hash(password),
  });
  return id;
}

function credentials(email: string, password: string): string {
  return [
    '',
    'First administrator (shown this once):',
    `  e-mail    ${email}`,
    `  password  ${password}`,
    '',
    '',
  ].join('\n');
}
