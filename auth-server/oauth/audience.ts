import type { Pool } from 'pg';
import type { AuthConfig } from '../common/config';

const ALLOW_ONE = `
  UPDATE oauth_resource SET disabled = (identifier <> $1), updated_at = now()
   WHERE disabled IS DISTINCT FROM (identifier <> $1)`;

/**
 * Lets tokens be asked for the one API alone (RFC 8707, section 2), at each start: the
 * provider adds the audience of the settings, and would keep those of earlier ones.
 */
export async function allowOneAudience({ jwtAudience }: AuthConfig, pool: Pool): Promise<void> {
  await pool.query(ALLOW_ONE, [jwtAudience]);
}
