import type { FastifyInstance } from 'fastify';
import { Problem } from '../common/problems/problem';

/** What passes through is for the auth server to judge: providers send people back with odd queries. */
const VERSIONED_API = /^\/api\/v\d+\//;

/**
 * Refuses a query whose escapes are none, or are not UTF-8 (RFC 3986, section 2.5), as it is in
 * paths and bodies. The parser would take such a value as it stands, and a search for it
 * would find nothing without saying why.
 */
export function refuseBrokenQueries(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ url }, _reply, done) => {
    const start = url.indexOf('?');
    const isFine = start < 0 || !VERSIONED_API.test(url) || isDecodable(url.slice(start));
    done(isFine ? undefined : new Problem('malformed_request'));
  });
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
