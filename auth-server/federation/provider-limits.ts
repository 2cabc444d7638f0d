import type { AuthContext } from 'better-auth';
import { Agent, type Dispatcher, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { requestContext } from '../common/request-context';

type Provider = AuthContext['socialProviders'][number];

/**
 * Longest that a request waits for all calls of its provider together, in milliseconds. The API
 * waits 3.5 s for an answer (`src/auth-proxy/pass-through.ts`), and the rest is for the error page.
 */
export const REQUEST_LIMIT_MS = 3_000;

/** Calls of one provider that run at the same time. A further one is not begun. */
export const MOST_CALLS = 200;

/**
 * @returns the result of the work, or `null` when the work fails or takes longer than
 *   `milliseconds`. The work is not cancelled: see {@link endSilentCalls}.
 */
export async function withinLimit<T>(milliseconds: number, work: () => T | Promise<T>) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, milliseconds, null);
  });
  try {
    return await Promise.race([work(), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Work that calls a provider, in the time of this request: it begins with its first call, and waits between
 * the calls count.
 * @returns its result, or `null` when it fails or the time ends.
 */
export async function withinRequest<T>(work: () => T | Promise<T>): Promise<T | null> {
  const request = requestContext.getStore();
  const now = performance.now();
  const end = request?.providerDeadline ?? now + REQUEST_LIMIT_MS;
  if (request) request.providerDeadline = end;
  return end > now ? withinLimit(end - now, work) : null;
}

/**
 * Better-Auth waits up to five minutes for a provider that accepts a call and does not answer.
 * It has no option for a time limit and none for an own `fetch`, so the limit is set around the
 * two functions with which a callback calls the provider. Better-Auth redirects to the error
 * page when one of them returns `null`. The nonce and the signature are still checked inside.
 */
export function limitProvider(provider: Provider): Provider {
  let calls = 0;
  const call = async <T>(work: () => T | Promise<T>): Promise<T | null> => {
    if (calls >= MOST_CALLS) return null;
    calls += 1;
    try {
      return await work();
    } finally {
      calls -= 1;
    }
  };
  return {
    ...provider,
    validateAuthorizationCode: (data) =>
      ask(() => call(() => provider.validateAuthorizationCode(data))),
    getUserInfo: (token) => ask(() => call(() => provider.getUserInfo(token))),
  };
}

/** While the request waits for the provider, others use its place. */
function ask<T>(work: () => T | Promise<T>): Promise<T | null> {
  requestContext.getStore()?.place?.leave();
  return withinRequest(work);
}

/**
 * Ends each `fetch` of the process that gets no data in the time of a request: Better-Auth sets no
 * limit for its calls of a provider, and Node.js ends a call without an answer after 300 s. The timers
 * of undici can fire 1 s later.
 */
export function endSilentCalls(): void {
  const limits = { headersTimeout: REQUEST_LIMIT_MS, bodyTimeout: REQUEST_LIMIT_MS };
  // Around the one that is there: Node.js installs its own for the proxy of NODE_USE_ENV_PROXY.
  const limited = limitConnect(getGlobalDispatcher()).compose(
    (dispatch) => (call, handler) => dispatch({ ...limits, ...call }, handler),
  );
  setGlobalDispatcher(limited);
}

/**
 * The limits of a call begin when its connection is open. A provider can also be silent before that, in
 * the TLS handshake. The dispatcher for a proxy keeps the limit of undici, 10 s.
 */
function limitConnect(dispatcher: Dispatcher): Dispatcher {
  const isDefault = dispatcher instanceof Agent;
  return isDefault ? new Agent({ connect: { timeout: REQUEST_LIMIT_MS } }) : dispatcher;
}

/** Limits the providers that the options name. Each OpenID Connect provider is limited where it is found. */
export const providerLimits = {
  id: 'provider-limits',
  init: ({ socialProviders }: AuthContext) => ({
    context: { socialProviders: socialProviders.map(limitProvider) },
  }),
};
