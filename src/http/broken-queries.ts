import type { FastifyInstance } from 'fastify';
import { Problem } from '../common/problems/problem';

/**
 * The auth server checks queries that are passed through: providers send users back with unusual
 * ones.
 */
const VERSIONED_API = /^\/api\/v\d+\//;

/**
 * Refuses a query with invalid escapes or invalid UTF-8 (RFC 3986, section 2.5), as in paths and
 * bodies. The parser would keep such a value unchanged, and a search would find nothing without an
 * error.
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
