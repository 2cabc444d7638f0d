import { APIError } from 'better-auth/api';
import type { Adapter } from '../common/hook-types';
import type { Scope } from '../../contract';

/** The API asks its clients for it before it creates a user. */
const SCOPE: Scope = 'users:write';

/** The API tells these from refusals of itself, which are faults. */
const CLIENT_ENDED = { code: 'SESSION_ENDED', message: 'The client is no longer in force.' };
const SCOPE_LOST = { code: 'SCOPE_LOST', message: 'The client has lost the scope.' };

interface ActingClient {
  clientId: string;
  /** Whether it acts for a user, with scopes that users grant. */
  isOfUser: boolean;
}

interface ClientRow {
  disabled?: boolean | null;
  scopes?: string[] | null;
  grantTypes?: string[] | null;
  clientCredentialsScopes?: string[] | null;
}

/** @throws {APIError} 401 for a client that is deleted or disabled; 403 after the loss of the scope. */
export async function assertClientInForce(
  reader: Pick<Adapter, 'findOne'>,
  { clientId, isOfUser }: ActingClient,
): Promise<void> {
  const where = [{ field: 'clientId', value: clientId }];
  const client = await reader.findOne<ClientRow>({ model: 'oauthClient', where });
  if (!client || client.disabled) throw new APIError('UNAUTHORIZED', CLIENT_ENDED);
  const own = client.grantTypes?.includes('client_credentials') && client.clientCredentialsScopes;
  const allowed = isOfUser ? client.scopes : own;
  if (!allowed || !allowed.includes(SCOPE)) throw new APIError('FORBIDDEN', SCOPE_LOST);
}
