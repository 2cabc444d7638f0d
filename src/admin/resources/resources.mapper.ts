import type { Resource } from './resources.schemas';
import { API_SCOPE_TEXTS, API_SCOPES } from '../../../contract';
import type { OAuthResourceScopeEntity } from '../../database/entities/resources/oauth-resource-scope.entity';
import type { OAuthResourceServerEntity } from '../../database/entities/resources/oauth-resource-server.entity';
import type { OAuthResourceEntity } from '../../database/entities/oauth-resource.entity';

/** The rows that belong to resources. */
export interface ResourceParts {
  scopes: OAuthResourceScopeEntity[];
  servers: OAuthResourceServerEntity[];
}

/** @param api identifier of this API, whose scopes are in the code. */
export function toResource(
  row: OAuthResourceEntity,
  { scopes, servers, api }: ResourceParts & { api: string },
): Resource {
  const isOfRow = ({ resource }: { resource: string }) => resource === row.identifier;
  const builtIn = row.identifier === api;
  return {
    id: row.id,
    identifier: row.identifier,
    name: row.name,
    scopes: builtIn
      ? API_SCOPES.map((name) => ({ name, description: API_SCOPE_TEXTS[name].consent }))
      : scopes.filter(isOfRow).map(({ name, description }) => ({ name, description })),
    tokenLifetime: row.accessTokenTtl,
    clients: servers.filter(isOfRow).map(({ clientId }) => clientId),
    builtIn,
    createdAt: row.createdAt!.toISOString(),
  };
}
