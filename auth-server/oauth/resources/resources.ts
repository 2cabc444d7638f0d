import type { Pool } from 'pg';
import type { AuthConfig } from '../../common/config';
import { AUTH_BASE_PATH, isApiScope, isCodeScope, USER_SCOPES } from '../../../contract';

/** A scope that an administrator has given a resource. */
export interface ResourceScope {
  name: string;
  description: string;
  /** Identifier of the resource. */
  resource: string;
  resourceName: string;
}

const SELECT = `
  SELECT s.name, s.description, s.resource, r.name AS "resourceName"
    FROM oauth_resource_scope s JOIN oauth_resource r ON r.identifier = s.resource
   WHERE r.disabled IS NOT TRUE`;

const PARTS = /^https?:\/\/([^/?#@\\]+)([^\\]*)$/i;

/**
 * Scheme and host in lower case, without the port of the scheme and without the path "/" (RFC 3986,
 * sections 6.2.2.1 and 6.2.3). Everything else of an identifier is compared as it is.
 */
function toNormalForm(uri: string): string {
  const [, authority, rest = ''] = PARTS.exec(uri) ?? [];
  const url = authority === undefined ? null : URL.parse(uri);
  return url ? url.origin + (rest === '/' ? '' : rest) : uri;
}

/**
 * The resources (RFC 8707) and their scopes. The API is the resource that the code declares.
 * Administrators register the others. They are read for each request, so a change is in force at
 * once.
 */
export class Resources {
  /** The identifier of the API. */
  readonly api: string;
  /** The endpoint of this server that shows the profile of a user. */
  readonly userInfo: string;

  constructor(
    private readonly pool: Pool,
    { jwtAudience, authUrl }: Pick<AuthConfig, 'jwtAudience' | 'authUrl'>,
  ) {
    this.api = jwtAudience;
    this.userInfo = `${authUrl}${AUTH_BASE_PATH}/oauth2/userinfo`;
  }

  /** The scopes of all registered resources, by name. */
  async listScopes(): Promise<ResourceScope[]> {
    const { rows } = await this.pool.query<ResourceScope>(`${SELECT} ORDER BY s.name`);
    return rows.filter(({ name }) => !isApiScope(name));
  }

  /** Those of the names that registered resources have. */
  async findScopes(names: readonly string[]): Promise<ResourceScope[]> {
    const unknown = names.filter((name) => !isCodeScope(name));
    if (unknown.length === 0) return [];
    const { rows } = await this.pool.query<ResourceScope>(`${SELECT} AND s.name = ANY ($1)`, [
      unknown,
    ]);
    return rows;
  }

  /** The scopes that a token for the resource has. */
  async narrowTo(resource: string, names: readonly string[]): Promise<string[]> {
    if (resource === this.api) return names.filter(isCodeScope);
    if (resource === this.userInfo) return names.filter(isUserScope);
    const found = await this.findScopes(names);
    const own = new Set(found.filter((one) => one.resource === resource).map(({ name }) => name));
    return names.filter((name) => own.has(name));
  }

  /**
   * The resources of the scopes: those that have them, and the API with scopes of it, or when no
   * other one has any. A token for the API is for userinfo too; without the API, `openid` adds
   * userinfo.
   */
  async resourcesOf(names: readonly string[]): Promise<string[]> {
    const others = new Set((await this.findScopes(names)).map(({ resource }) => resource));
    if (others.size === 0 || names.some(isApiScope)) return [this.api, ...others];
    return names.includes('openid') ? [...others, this.userInfo] : [...others];
  }

  /**
   * The identifier of the resource that a client names. One that builds the URI with a URL parser
   * sends another spelling than the registered one, for example an origin with the path "/". Tokens
   * have the registered one.
   */
  async toRegistered(resource: string): Promise<string> {
    const registered = await this.listIdentifiers();
    if (registered.includes(resource)) return resource;
    const normal = toNormalForm(resource);
    return registered.find((identifier) => toNormalForm(identifier) === normal) ?? resource;
  }

  /** The identifiers of all resources that exist, the API among them. */
  async listIdentifiers(): Promise<string[]> {
    const { rows } = await this.pool.query<{ identifier: string }>(
      'SELECT identifier FROM oauth_resource WHERE disabled IS NOT TRUE',
    );
    return rows.map(({ identifier }) => identifier);
  }
}

function isUserScope(name: string): boolean {
  return USER_SCOPES.some((known) => known === name);
}
