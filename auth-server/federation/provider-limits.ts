import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestHandler } from 'express';

/** Longest that one call of a provider may take in a request, in milliseconds. */
const REQUEST_LIMIT_MS = 5_000;

/** Endpoints of Better-Auth that call providers, and the page that uses one of them. */
const CALLS_PROVIDERS = /^(\/api\/auth)?\/(sign-in|link-social|callback)(\/|$)/;

const limit = new AsyncLocalStorage<number>();
let isInstalled = false;

/**
 * Better-Auth calls providers by the global `fetch`, gives no way to set a limit, and so
 * waits five minutes for one that takes the call and stays silent. Within this function a
 * call that fails or takes longer than `milliseconds` is answered with 504, which becomes
 * an error that the user can read. Outside of it nothing changes.
 */
export function withinLimit<T>(milliseconds: number, work: () => T): T {
  install();
  return limit.run(milliseconds, work);
}

/** No request waits longer than that for a provider. */
export const limitProviders: RequestHandler = ({ path }, _response, next) => {
  if (CALLS_PROVIDERS.test(path)) withinLimit(REQUEST_LIMIT_MS, next);
  else next();
};

/** Read here, within the limit: who comes after this does not expect an answer to break off. */
async function withWholeBody(answer: Response): Promise<Response> {
  const { status, headers } = answer;
  const body = await answer.arrayBuffer();
  return new Response(body.byteLength === 0 ? null : body, { status, headers });
}

function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  const unlimited = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const milliseconds = limit.getStore();
    if (milliseconds === undefined) return unlimited(input, init);
    const signals = [AbortSignal.timeout(milliseconds), ...(init?.signal ? [init.signal] : [])];
    try {
      const answer = await unlimited(input, { ...init, signal: AbortSignal.any(signals) });
      return await withWholeBody(answer);
    } catch {
      return new Response(null, { status: 504 });
    }
  };
}
