import type { RequestHandler, Response } from 'express';
import { KNOWN_SHARE, knownBrowserOf } from './known-browser';
import { toHeaders } from './limit-headers';
import { AUTH_BASE_PATH, JWKS_PATH } from '../../contract';
import { WindowCounters } from '../../runtime/network/window-counters';
import type { AuthConfig } from '../common/config';
import { sendError, TOO_MANY_REQUESTS } from '../common/errors';
import { requestContext } from '../common/request-context';
import { listSecrets, type Secrets } from '../common/secrets';

/** Requests of one network in a window: many users and many verifiers can share one address. */
const PUBLIC_QUOTA = 3_000;

const WINDOW_S = 60;

const KEY_SET = `${AUTH_BASE_PATH}${JWKS_PATH}`;

const PROBES = /^\/health\//;

/**
 * Limits by the address of the client what has no other limit: documents, pages, metrics, unknown
 * paths, and, with an own budget, the key set. Other requests of an address, and requests of other
 * addresses, do not use up the budget of a verifier, nor those of strangers all of a known browser.
 * Each auth server counts alone. Probes are not limited.
 *
 * @param isEndpoint whether Better-Auth has an endpoint at the path for the method: its hooks limit it.
 */
export function limitPublicRequests(
  { rateLimits, ...secrets }: Pick<AuthConfig, 'rateLimits'> & Secrets,
  isEndpoint: (path: string, method: string) => boolean,
): RequestHandler {
  if (!rateLimits) return (_request, _response, next) => next();
  const quota = Math.ceil(PUBLIC_QUOTA * rateLimits.quotas);
  const keySet = new WindowCounters(WINDOW_S * 1_000);
  const others = new WindowCounters(WINDOW_S * 1_000);
  const known = new WindowCounters(WINDOW_S * 1_000);
  const secret = listSecrets(secrets)[0]!;
  const isOfKnown = (network: string, cookies: string | undefined) => {
    const browser = knownBrowserOf(cookies, { network, secret });
    return browser !== null && known.count(browser, Date.now()).used <= quota * KNOWN_SHARE;
  };
  return ({ path, method, headers }, response, next) => {
    const network = requestContext.getStore()?.network;
    const isKeySet = path === KEY_SET;
    if (network === undefined || PROBES.test(path)) return next();
    if (!isKeySet && isEndpoint(path, method)) return next();
    const { used, msLeft } = (isKeySet ? keySet : others).count(network, Date.now());
    if (used <= quota || (!isKeySet && isOfKnown(network, headers.cookie))) return next();
    refuse(response, { name: isKeySet ? 'key-set' : 'public', quota, msLeft });
  };
}

function refuse(
  response: Response,
  { name, quota, msLeft }: { name: string; quota: number; msLeft: number },
): void {
  const reset = Math.max(1, Math.ceil(msLeft / 1_000));
  const verdict = { isAllowed: false, remaining: 0, reset };
  response.set(toHeaders({ name, quota, window: WINDOW_S }, verdict));
  response.set('Retry-After', String(reset));
  sendError(response, TOO_MANY_REQUESTS);
}
