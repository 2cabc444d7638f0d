import type { OAuthProviderExtension } from '@better-auth/oauth-provider';
import { APIError } from 'better-auth/api';
import type { Grants } from './grants';
import type { SessionClaims } from '../../contract';
import { isBanned, type SessionBasis, toSessionClaims } from '../sessions/claims';

type ClaimInput = Parameters<
  NonNullable<NonNullable<OAuthProviderExtension['claims']>['accessToken']>
>[0];

/** RFC 6750, section 3.1. */
const INVALID_TOKEN = { error: 'invalid_token', error_description: 'no longer in force' };
const CHALLENGE = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };

/** The claims of a token at userinfo. */
interface ShownToken {
  sid?: string;
  client_id: string;
  iat: number;
}

interface SessionRow extends SessionBasis {
  userId: string;
  expiresAt: Date;
}

/**
 * The claims of an access token. A user's token is issued only while its session and its user are
 * in force. The token of a service account has neither and gets no claims.
 */
export function tokenClaims(grants: Grants): OAuthProviderExtension {
  return {
    claims: {
      accessToken: async (input) => {
        if (!input.user) return {};
        const claims = await claimsOfUser(input);
        await assertGranted(input, grants);
        return { ...claims };
      },
      userInfo: async ({ user, jwt }) => {
        const { sid, client_id: clientId, iat } = jwt as unknown as ShownToken;
        const isGranted = await grants.isInForce({ sessionId: sid, clientId }, iat);
        if (!isGranted || isBanned(user)) {
          throw new APIError('UNAUTHORIZED', INVALID_TOKEN, CHALLENGE);
        }
        return {};
      },
    },
  };
}

/**
 * A grant begins with the exchange of a code. Its tokens depend on its row
 * (migrations/1795428000000-EndOAuthGrants), and no renewal restores it.
 */
async function assertGranted(
  { sessionId, client: { clientId }, grantType }: ClaimInput,
  grants: Grants,
): Promise<void> {
  if (grantType === 'authorization_code') await grants.begin({ sessionId, clientId });
  if (!(await grants.isInForce({ sessionId, clientId }))) {
    throw refusal('what was granted has ended');
  }
}

async function claimsOfUser(input: ClaimInput): Promise<Pick<SessionClaims, 'role' | 'act'>> {
  const session = await findSession(input);
  const isInForce = session && session.expiresAt.getTime() > Date.now();
  if (!isInForce || session.userId !== input.user!.id) throw refusal('the session has ended');
  if (isBanned(input.user!)) throw refusal('the user is banned');
  // The provider sets `sid`, and removes `auth_time` from the claims of extensions.
  const { role, act } = toSessionClaims({ session, user: input.user! });
  return act ? { role, act } : { role };
}

/** @returns `null` also for an ended session: refresh tokens outlive it, without its id. */
async function findSession({ ctx, sessionId }: ClaimInput): Promise<SessionRow | null> {
  if (!sessionId) return null;
  return ctx.context.adapter.findOne<SessionRow>({
    model: 'session',
    where: [{ field: 'id', value: sessionId }],
  });
}

/** RFC 6749, section 5.2: the grant is not valid. */
function refusal(reason: string): APIError {
  return new APIError('BAD_REQUEST', { error: 'invalid_grant', error_description: reason });
}
