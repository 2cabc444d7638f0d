import type { EntityManager } from 'typeorm';
import type { ClientToken, Grant } from './grants.schemas';
import { OAuthConsentEntity } from '../../database/entities/oauth-consent.entity';

/** The consents of a user for OAuth clients, oldest first. A deleted client has none. */
export async function listGrants(manager: EntityManager, userId: string): Promise<Grant[]> {
  const rows = await manager.find(OAuthConsentEntity, {
    where: { userId },
    relations: { client: true },
    order: { createdAt: 'ASC', id: 'ASC' },
  });
  return rows.flatMap(({ clientId, client, scopes, createdAt, updatedAt }) =>
    client
      ? {
          clientId,
          name: client.name ?? '',
          scopes,
          createdAt: createdAt.toISOString(),
          updatedAt: updatedAt.toISOString(),
        }
      : [],
  );
}

/** Refresh tokens that one query reads. */
const PAGE_SIZE = 500;

/** Keyset pagination: each page has the same cost. The session is null when it has ended. */
const READ_PAGE = `
  SELECT t.id, t.client_id AS "clientId", s.id AS "sessionId", t.scopes, t.created_at AS "createdAt",
         t.expires_at AS "expiresAt", t.revoked AS "revokedAt"
    FROM oauth_refresh_token t LEFT JOIN session s ON s.id = t.session_id
   WHERE t.user_id = $1 AND (t.created_at, t.id) > ($2::timestamptz, $3)
   ORDER BY t.created_at, t.id LIMIT ${PAGE_SIZE}`;

interface TokenRow {
  id: string;
  clientId: string;
  sessionId: string | null;
  scopes: string[];
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
}

/**
 * Reads the refresh tokens of OAuth clients for a user, also used ones, oldest first. Each page is a
 * query of its own, so a slow reader of the export holds no connection.
 */
export async function* readClientTokens(
  manager: EntityManager,
  userId: string,
): AsyncGenerator<ClientToken[]> {
  let last: { createdAt: Date | string; id: string } = { createdAt: '-infinity', id: '' };
  while (true) {
    const values = [userId, last.createdAt, last.id];
    const rows = await manager.query<TokenRow[]>(READ_PAGE, values);
    if (rows.length > 0) yield rows.map(toClientToken);
    if (rows.length < PAGE_SIZE) return;
    last = rows.at(-1)!;
  }
}

function toClientToken({
  id: _id,
  createdAt,
  expiresAt,
  revokedAt,
  ...row
}: TokenRow): ClientToken {
  return {
    ...row,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
