import { hkdfSync, randomBytes } from 'node:crypto';

/** Runs one statement on a connection of the process, of `pg` or of TypeORM. */
export type RunQuery = (sql: string, parameters: unknown[]) => Promise<{ value: Buffer }[]>;

const SECRET_BYTES = 32;

const SELECT = 'SELECT value FROM installation_secret WHERE name = $1';

/** When several processes start at once, one of them creates the row; all read the same one. */
const INSERT = `INSERT INTO installation_secret (name, value) VALUES ($1, $2)
                ON CONFLICT (name) DO NOTHING`;

/**
 * Reads a random secret that all processes of an installation share through the database. It
 * is created at its first use.
 *
 * @param name of the secret: `api` for what replicas of the API share, `internal` for what
 * the API and the auth server share.
 * @returns at least 32 bytes.
 */
export async function readInstallationSecret(query: RunQuery, name: string): Promise<Buffer> {
  const [found] = await query(SELECT, [name]);
  if (found) return found.value;
  await query(INSERT, [name, randomBytes(SECRET_BYTES)]);
  const [created] = await query(SELECT, [name]);
  if (!created) throw new Error(`the installation secret "${name}" cannot be read back`);
  return created.value;
}

/**
 * The key by which the API proves itself to the auth server when `INTERNAL_SECRET` is not
 * set: derived (HKDF-SHA-256, RFC 5869) from the secret in their common database, so both
 * processes find the same key without a setting.
 */
export async function deriveInternalSecret(query: RunQuery): Promise<string> {
  const secret = await readInstallationSecret(query, 'internal');
  return Buffer.from(hkdfSync('sha256', secret, '', 'internal calls', SECRET_BYTES)).toString(
    'base64url',
  );
}
