import { In, type EntityManager } from 'typeorm';
import type { ResourceParts } from './resources.mapper';
import type { Resource } from './resources.schemas';
import { Problem } from '../../common/problems/problem';
import { OAuthClientEntity } from '../../database/entities/oauth-client.entity';
import { OAuthResourceScopeEntity } from '../../database/entities/resources/oauth-resource-scope.entity';
import { OAuthResourceServerEntity } from '../../database/entities/resources/oauth-resource-server.entity';
import { isUniqueViolation } from '../../../runtime/database/database-errors';

/**
 * The row of a former audience of this API is disabled and has no scopes: it becomes the new
 * resource. Any other row with the identifier stays.
 */
const INSERT = `
  INSERT INTO oauth_resource AS r (id, identifier, name, access_token_ttl, created_at, updated_at)
  VALUES ($1, $2, $3, $4, now(), now())
  ON CONFLICT (identifier) DO UPDATE SET
    id = excluded.id, name = excluded.name, access_token_ttl = excluded.access_token_ttl,
    disabled = false, created_at = now(), updated_at = now()
  WHERE r.disabled AND NOT EXISTS (
    SELECT FROM oauth_resource_scope s WHERE s.resource = r.identifier)
  RETURNING id`;

/** @throws {Problem} `resource_exists` */
export async function insertResource(
  manager: EntityManager,
  { id, identifier, name, tokenLifetime }: Omit<Resource, 'scopes' | 'clients' | 'createdAt'>,
): Promise<void> {
  const rows = await manager.query<object[]>(INSERT, [id, identifier, name, tokenLifetime]);
  if (rows.length === 0) throw new Problem('resource_exists');
}

/** The scopes and the clients of the resources, each in the order of its name. */
export async function findParts(
  manager: EntityManager,
  identifiers: string[],
): Promise<ResourceParts> {
  const where = { resource: In(identifiers) };
  return {
    scopes: await manager.find(OAuthResourceScopeEntity, { where, order: { name: 'ASC' } }),
    servers: await manager.find(OAuthResourceServerEntity, { where, order: { clientId: 'ASC' } }),
  };
}

/**
 * Makes the list the scopes of the resource. Rows that stay are not written again.
 *
 * @throws {Problem} `scope_taken` when another resource has one of them, or consents still have it
 *   after its removal.
 */
export async function replaceScopes(
  manager: EntityManager,
  { identifier, scopes }: Pick<Resource, 'identifier' | 'scopes'>,
): Promise<void> {
  const current = await manager.findBy(OAuthResourceScopeEntity, { resource: identifier });
  const kept = new Map(scopes.map(({ name, description }) => [name, description]));
  const removed = current.map(({ name }) => name).filter((name) => !kept.has(name));
  if (removed.length > 0) await manager.delete(OAuthResourceScopeEntity, { name: In(removed) });
  const before = new Map(current.map(({ name, description }) => [name, description]));
  for (const [name, description] of kept) {
    if (before.get(name) === description) continue;
    const row = { name, resource: identifier, description };
    if (before.has(name)) await manager.update(OAuthResourceScopeEntity, { name }, row);
    else await insertScope(manager, row);
  }
}

async function insertScope(
  manager: EntityManager,
  row: Pick<OAuthResourceScopeEntity, 'name' | 'resource' | 'description'>,
): Promise<void> {
  try {
    await manager.insert(OAuthResourceScopeEntity, row);
  } catch (error) {
    if (!isUniqueViolation(error, 'oauth_resource_scope_pkey')) throw error;
    const detail = `Another resource has the scope ${row.name}, or it is still being removed.`;
    throw new Problem('scope_taken', { detail });
  }
}

/** @throws {Problem} `validation_failed` for a client that does not exist or does not authenticate itself. */
export async function replaceClients(
  manager: EntityManager,
  { identifier, clients }: Pick<Resource, 'identifier' | 'clients'>,
): Promise<void> {
  // A client that is deleted at the same time is waited for, and not found.
  const lock = { mode: 'for_key_share' } as const;
  const where = { clientId: In(clients) };
  const found = await manager.find(OAuthClientEntity, { where, lock });
  const able = new Set(
    found.filter((one) => one.tokenEndpointAuthMethod !== 'none').map((one) => one.clientId),
  );
  const errors = clients.flatMap((clientId, index) =>
    able.has(clientId)
      ? []
      : [{ pointer: `/clients/${index}`, detail: 'Must be a client that authenticates itself' }],
  );
  if (errors.length > 0) throw new Problem('validation_failed', { errors });
  const current = await manager.findBy(OAuthResourceServerEntity, { resource: identifier });
  const before = current.map(({ clientId }) => clientId);
  const removed = before.filter((clientId) => !clients.includes(clientId));
  const added = clients.filter((clientId) => !before.includes(clientId));
  for (const clientId of removed) {
    await manager.delete(OAuthResourceServerEntity, { resource: identifier, clientId });
  }
  for (const clientId of added) {
    await manager.insert(OAuthResourceServerEntity, { resource: identifier, clientId });
  }
}
