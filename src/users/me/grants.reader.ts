import type { EntityManager } from 'typeorm';
import type { ClientToken, Grant } from './grants.schemas';
import { OAuthConsentEntity } from '../../database/entities/oauth-consent.entity';
import { OAuthRefreshTokenEntity } from '../../database/entities/oauth-refresh-token.entity';

/** The consents of a user for OAuth clients, oldest first. */
export async function listGrants(manager: EntityManager, userId: string): Promise<Grant[]> {
  const rows = await manager.find(OAuthConsentEntity, {
    where: { userId },
    relations: { client: true },
    order: { createdAt: 'ASC', id: 'ASC' },
  });
  return rows.map(({ clientId, client, scopes, createdAt, updatedAt }) => ({
    clientId,
    name: client?.name ?? '',
    scopes,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }));
}

/** The refresh tokens of OAuth clients for a user, also used ones, oldest first. */
export async function listClientTokens(
  manager: EntityManager,
  userId: string,
): Promise<ClientToken[]> {
  const rows = await manager.find(OAuthRefreshTokenEntity, {
    where: { userId },
    order: { createdAt: 'ASC', id: 'ASC' },
  });
  return rows.map(({ clientId, sessionId, scopes, createdAt, expiresAt, revoked }) => ({
    clientId,
    sessionId,
    scopes,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    revokedAt: revoked?.toISOString() ?? null,
  }));
}
