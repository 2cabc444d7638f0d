import { APIError } from 'better-auth/api';
import type { Pool } from 'pg';
import type { Resources } from './resources';
import { fieldOf } from '../../common/caller';
import { namedClientId } from '../../common/client-id';
import { hashToken, toStoredIdentifier } from '../../common/stored-hashes';

type Parameters = Record<string, unknown>;

const FIND_CLIENT = `
  SELECT coalesce(CASE WHEN $2 THEN client_credentials_scopes ELSE scopes END, '[]') AS names
    FROM oauth_client WHERE client_id = $1`;

const FIND_CODE = 'SELECT value FROM verification WHERE identifier = $1';

const FIND_REFRESH_TOKEN = `
  SELECT coalesce(resources, '[]') AS resources FROM oauth_refresh_token WHERE token = $1`;

/**
 * The resource of a request without `resource` (RFC 8707, section 2). An authorization is for all
 * resources whose scopes it contains. A token is for one resource: the API, or the only other one.
 * A token for a resource server is not for userinfo: the server could read the profile of the user.
 */
export class ResourceChoice {
  private readonly pool: Pool;
  private readonly resources: Resources;

  constructor({ pool, resources }: { pool: Pool; resources: Resources }) {
    this.pool = pool;
    this.resources = resources;
  }

  async forAuthorization(parameters: Parameters): Promise<string[]> {
    const names = await this.scopesOf(parameters, {
      clientId: fieldOf(parameters, 'client_id'),
      isServiceAccount: false,
    });
    return this.resources.resourcesOf(names);
  }

  /**
   * @returns `null`: the provider refuses the request.
   * @throws {APIError} `invalid_target` when there are several and the API is none of them.
   */
  async forToken(form: Parameters, headers: Headers | undefined): Promise<string | null> {
    const granted = await this.grantedTo(form, headers);
    if (granted === null || granted.length === 0) return null;
    const { api, userInfo } = this.resources;
    if (granted.includes(api)) return api;
    const [first, ...more] = granted.filter((resource) => resource !== userInfo);
    if (more.length === 0) return first ?? userInfo;
    throw new APIError('BAD_REQUEST', {
      error: 'invalid_target',
      error_description: 'The grant is for several resources: name one of them.',
    });
  }

  private async grantedTo(
    form: Parameters,
    headers: Headers | undefined,
  ): Promise<string[] | null> {
    switch (form.grant_type) {
      case 'client_credentials': {
        const clientId = namedClientId(form, headers) ?? '';
        const names = await this.scopesOf(form, { clientId, isServiceAccount: true });
        return this.resources.resourcesOf(names);
      }
      case 'authorization_code':
        return this.ofCode(fieldOf(form, 'code'));
      case 'refresh_token':
        return this.ofRefreshToken(fieldOf(form, 'refresh_token'));
      default:
        return null;
    }
  }

  /** Without `scope`, all scopes of the client. */
  private async scopesOf(
    parameters: Parameters,
    { clientId, isServiceAccount }: { clientId: string; isServiceAccount: boolean },
  ): Promise<string[]> {
    const named = fieldOf(parameters, 'scope').split(' ').filter(Boolean);
    if (named.length > 0) return named;
    const values = [clientId, isServiceAccount];
    const { rows } = await this.pool.query<{ names: string[] }>(FIND_CLIENT, values);
    return rows[0]?.names ?? [];
  }

  private async ofCode(code: string): Promise<string[] | null> {
    const { rows } = await this.pool.query<{ value: string }>(FIND_CODE, [
      toStoredIdentifier(hashToken(code)),
    ]);
    if (!rows[0]) return null;
    const { resource } = JSON.parse(rows[0].value) as { resource?: string[] };
    return resource ?? null;
  }

  private async ofRefreshToken(token: string): Promise<string[] | null> {
    const { rows } = await this.pool.query<{ resources: string[] }>(FIND_REFRESH_TOKEN, [
      hashToken(token),
    ]);
    return rows[0]?.resources ?? null;
  }
}
