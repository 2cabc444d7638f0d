import { withClient } from '../system/users';

const CLIENTS = `
  INSERT INTO oauth_client (id, client_id, redirect_uris)
  SELECT 'bench-' || n, 'bench-' || n, '[]' FROM generate_series(1, $1::int) AS n
  ON CONFLICT DO NOTHING`;

const GRANTS = `
  INSERT INTO oauth_grant (session_id, client_id)
  SELECT s.id, 'bench-' || n FROM session s CROSS JOIN generate_series(1, $1::int) AS n
  ON CONFLICT DO NOTHING`;

/** Grants of as many clients for each session. @returns the number of all grants. */
export function addGrants(url: string, clients: number): Promise<number> {
  return withClient(url, async (client) => {
    await client.query(CLIENTS, [clients]);
    await client.query(GRANTS, [clients]);
    await client.query('VACUUM (ANALYZE) oauth_grant');
    const count = 'SELECT count(*)::int AS "total" FROM oauth_grant';
    const { rows } = await client.query<{ total: number }>(count);
    return rows[0]!.total;
  });
}
