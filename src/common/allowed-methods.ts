import type { FastifyInstance, RouteOptions } from 'fastify';
import { Problem } from './problem';

/**
 * Answers 405 with `Allow` (RFC 9110, section 15.5.6) where an address exists and only the
 * method is wrong. The router alone tells both apart from nothing.
 */
export function refuseWrongMethods(fastify: FastifyInstance): void {
  const routes: { pattern: RegExp; methods: string[] }[] = [];
  fastify.addHook('onRoute', ({ url, method }: RouteOptions) => {
    // The one route of all addresses answers preflights.
    if (url !== '*') routes.push({ pattern: toPattern(url), methods: [method].flat() });
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404) return done();
    const path = request.url.split('?', 1)[0]!;
    const allowed = routes.filter(({ pattern }) => pattern.test(path));
    if (allowed.length === 0) return done();
    const methods = new Set(allowed.flatMap((route) => route.methods));
    const headers = { allow: [...methods, 'OPTIONS'].join(', ') };
    return done(new Problem('method_not_allowed', { headers }));
  });
}

/** Of `:name` and a `*` at the end, all that our routes use. */
function toPattern(url: string): RegExp {
  const escaped = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/:\w+/g, '[^/]+').replace(/\*$/, '.*')}$`);
}
