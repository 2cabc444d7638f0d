import type { Pool } from 'pg';
import type { AuthConfig } from '../../common/config';
import { StartError } from '../../../runtime/start-error';

/** Resources of administrators have scopes in the table, the API and its former names have none. */
const IS_REGISTERED = `
  EXISTS (SELECT FROM oauth_resource_scope s WHERE s.resource = oauth_resource.identifier)`;

const ALLOW_ONE = `
  UPDATE oauth_resource SET disabled = (identifier <> $1), updated_at = now()
   WHERE disabled IS DISTINCT FROM (identifier <> $1) AND NOT ${IS_REGISTERED}`;

const FIND_CLASH = `
  SELECT name FROM oauth_resource WHERE identifier = $1 AND ${IS_REGISTERED}`;

/**
 * At each start, disables audiences of the API from earlier settings (RFC 8707, section 2). The
 * provider adds the audience of the settings but keeps earlier ones.
 *
 * @throws {StartError} when the audience is a resource that an administrator has registered.
 */
export async function allowOneAudience({ jwtAudience }: AuthConfig, pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(FIND_CLASH, [jwtAudience]);
  if (rows[0]) {
    throw new StartError(
      `JWT_AUDIENCE is ${jwtAudience}, which is the identifier of the registered resource ` +
        `"${rows[0].name}". Delete that resource, or use another audience.`,
    );
  }
  await pool.query(ALLOW_ONE, [jwtAudience]);
}
