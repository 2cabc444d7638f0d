import type { OAuthProviderExtension } from '@better-auth/oauth-provider';
import { APIError } from 'better-auth/api';
import type { Grants } from './token-state/grants';
import type { UsedCodes } from './requests/used-codes';
import type { Resources } from './resources/resources';
import { checkUserInfo } from './token-state/user-info';
import { GRANT_CLAIM, type SessionClaims } from '../../contract';
import { mayHaveSessions, type SessionBasis, toSessionClaims } from '../sessions/claims';

type ClaimInput = Parameters<
  NonNullable<NonNullable<OAuthProviderExtension['claims']>['accessToken']>
>[0];

interface SessionRow extends SessionBasis {
  userId: string;
  expiresAt: Date;
}

/** Claims that this server decides. The signer writes them ({@link ./token-signer}). */
export interface DecidedClaims extends Partial<Omit<SessionClaims, 'sid'>> {
  /** The one resource that the token is for. */
  resource: string;
  /** The scopes of that resource. */
  scope: string;
  [GRANT_CLAIM]?: number;
}

/**
 * By the context of the request. The provider merges the claims of an extension with others, and
 * reserves the names of some.
 */
const decidedClaims = new WeakMap<object, DecidedClaims>();

/** @throws {Error} when {@link tokenClaims} has decided none: no such token is signed. */
export function claimsDecidedFor(context: object): DecidedClaims {
  const claims = decidedClaims.get(context);
  if (!claims) throw new Error('no claims were decided for the token');
  return claims;
}

interface TokenClaimsParts {
  grants: Grants;
  resources: Resources;
  codes: UsedCodes;
}

/**
 * The claims of an access token. A user's token is issued only while its session and its user are
 * in force. The token of a service account has neither.
 */
export function tokenClaims(parts: TokenClaimsParts): OAuthProviderExtension {
  return {
    claims: {
      accessToken: async (input) => {
        decidedClaims.set(input.ctx.context, await decideClaims(input, parts));
        return {};
      },
      userInfo: checkUserInfo(parts.grants),
    },
  };
}

async function decideClaims(input: ClaimInput, parts: TokenClaimsParts): Promise<DecidedClaims> {
  const target = await targetOf(input, parts.resources);
  if (!input.user) return target;
  const claims = await claimsOfUser(input);
  const begin = await findGrant(input, parts);
  return { ...target, ...claims, [GRANT_CLAIM]: begin / 1_000 };
}

/**
 * A client has a token of another resource only with scopes of it. The rules of the request have
 * named one resource ({@link ./requests/request-rules}).
 *
 * @throws {APIError} `invalid_target` (RFC 8707, section 2)
 */
async function targetOf(
  { scopes, resources: named = [] }: ClaimInput,
  resources: Resources,
): Promise<Pick<DecidedClaims, 'resource' | 'scope'>> {
  const [resource] = named;
  if (resource === undefined || named.length > 1) throw invalidTarget('name one resource');
  const granted = await resources.narrowTo(resource, scopes);
  if (resource !== resources.api && granted.length === 0) {
    throw invalidTarget('no scope of the resource is granted');
  }
  return { resource, scope: granted.join(' ') };
}

/**
 * The client has authenticated and proved its code, which is used up here. A grant begins with this
 * exchange. Its tokens depend on its row
 * (migrations/1795428000000-EndOAuthGrants), and no renewal restores it.
 *
 * @returns when it began, in milliseconds since the epoch.
 */
async function findGrant(
  { ctx, sessionId, client: { clientId }, grantType, scopes, resources = [] }: ClaimInput,
  { grants, codes }: TokenClaimsParts,
): Promise<number> {
  const isNew = grantType === 'authorization_code';
  const issuedAt = isNew ? await codes.use(ctx.request, ctx.body) : null;
  if (isNew && !issuedAt) throw refusal('invalid code');
  const begin = issuedAt
    ? await grants.begin({ sessionId, clientId, scopes, resources, issuedAt })
    : await grants.find({ sessionId, clientId });
  if (begin === null) throw refusal('what was granted has ended');
  return begin;
}

async function claimsOfUser(input: ClaimInput): Promise<Omit<SessionClaims, 'sid'>> {
  const session = await findSession(input);
  const isInForce = session && session.expiresAt.getTime() > Date.now();
  if (!isInForce || session.userId !== input.user!.id) throw refusal('the session has ended');
  if (!mayHaveSessions(input.user!)) throw refusal('the user is banned or has an unknown role');
  // The provider sets `sid`.
  const { sid: _, ...claims } = toSessionClaims({ session, user: input.user! });
  return claims;
}

/** @returns `null` also for an ended session: refresh tokens outlive it, without its id. */
async function findSession({ ctx, sessionId }: ClaimInput): Promise<SessionRow | null> {
  if (!sessionId) return null;
  return ctx.context.adapter.findOne<SessionRow>({
    model: 'session',
    where: [{ field: 'id', value: sessionId }],
  });
}

function invalidTarget(reason: string): APIError {
  return new APIError('BAD_REQUEST', { error: 'invalid_target', error_description: reason });
}

/** RFC 6749, section 5.2: the grant is not valid. */
function refusal(reason: string): APIError {
  return new APIError('BAD_REQUEST', { error: 'invalid_grant', error_description: reason });
}
