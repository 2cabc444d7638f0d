import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { fieldOf } from '../../common/caller';
import { requestContext } from '../../common/request-context';
import { subjectOf } from './hinted-user';
import { toScopeSet } from './scope-set';
import { TokenVerifier, type VerifierParts } from '../../signing-keys/token-verifier';

type Parameters = Record<string, unknown>;

/**
 * A session of another user is too old for the request: a user signs in, or `login_required`. The
 * user who signs in is compared with the hint too (`hinted-user.ts`).
 */
const NO_SESSION = { max_age: '0' };

/** Changes parameters of authorization requests where the provider differs from the standards. */
export function authorizationRequests(parts: VerifierParts) {
  const verifier = new TokenVerifier(parts);
  return {
    id: 'gatehouse-authorization-requests',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === '/oauth2/authorize',
          handler: createAuthMiddleware(async (ctx) => {
            // Changed in place: a hook cannot remove a parameter in another way.
            const given = ((ctx.method === 'POST' ? ctx.body : ctx.query) ?? {}) as Parameters;
            delete given.dpop_jkt;
            restoreRepeated(given);
            makeScopeSet(given);
            omitEmpty(given);
            const isOther = await isOfAnotherUser(ctx as GenericEndpointContext, {
              given,
              verifier,
            });
            Object.assign(given, promptOf(given), isOther && NO_SESSION);
          }),
        },
        {
          matcher: ({ path }) => path === '/oauth2/consent',
          handler: createAuthMiddleware(({ body }) => {
            // Before the endpoint checks it: there may be no body.
            makeScopeSet((body ?? {}) as Parameters);
            return Promise.resolve();
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** The parameters of a form as those of a query: the provider refuses a list of values. */
function restoreRepeated(given: Parameters): void {
  const { repeatedParameters: repeated = [] } = requestContext.getStore() ?? {};
  for (const [name, values] of repeated) {
    if (Object.hasOwn(given, name)) given[name] = values;
  }
}

/** A parameter without a value counts as missing (RFC 6749, section 3.1). */
function omitEmpty(given: Parameters): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === '') delete given[name];
  }
}

function makeScopeSet(given: Parameters): void {
  if (typeof given.scope === 'string') given.scope = toScopeSet(given.scope);
}

/** The user chooses the account on the sign-in page: the auth server has one session at a time. */
function promptOf({ prompt }: Parameters): Parameters {
  if (typeof prompt !== 'string' || !prompt.includes('select_account')) return {};
  const names = prompt.split(' ').map((name) => (name === 'select_account' ? 'login' : name));
  return { prompt: [...new Set(names)].join(' ') };
}

/** Whether `id_token_hint` names another user than the session, or no user at all. */
async function isOfAnotherUser(
  ctx: GenericEndpointContext,
  { given, verifier }: { given: Parameters; verifier: TokenVerifier },
): Promise<boolean> {
  const hint = fieldOf(given, 'id_token_hint');
  const found = hint === '' ? null : await getSessionFromCtx(ctx);
  if (!found) return false;
  const clientId = fieldOf(given, 'client_id');
  return (await subjectOf({ token: hint, clientId }, verifier)) !== found.user.id;
}
