import type { Pool } from 'pg';
import type { AuthConfig } from '../common/config';

const ALLOW_ONE = `
  UPDATE oauth_resource SET disabled = (identifier <> $1), updated_at = now()
   WHERE disabled IS DISTINCT FROM (identifier <> $1)`;

/**
 * At each start, removes audiences of earlier settings: tokens are issued for one API only (RFC
 * 8707, section 2). The provider adds the audience of the settings but keeps earlier ones.
 */
export async function allowOneAudience({ jwtAudience }: AuthConfig, pool: Pool): Promise<void> {
  await pool.query(ALLOW_ONE, [jwtAudience]);
}
