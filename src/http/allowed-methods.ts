import type { FastifyInstance, RouteOptions } from 'fastify';
import { Problem } from '../common/problems/problem';

/**
 * Answers 405 with `Allow` (RFC 9110, section 15.5.6) when the URL exists with another method.
 * `OPTIONS` gets 204 with `Allow` (section 9.3.7), or 404 at an unknown URL.
 */
export function refuseWrongMethods(fastify: FastifyInstance): void {
  const routes: { pattern: RegExp; methods: string[] }[] = [];
  fastify.addHook('onRoute', ({ url, method }: RouteOptions) => {
    // The route of all URLs answers preflights.
    if (url !== '*') routes.push({ pattern: toPattern(url), methods: [method].flat() });
  });
  const allowedAt = (url: string): string | null => {
    const path = url.split('?', 1)[0]!;
    const allowed = routes.filter(({ pattern }) => pattern.test(path));
    if (allowed.length === 0) return null;
    return [...new Set([...allowed.flatMap(({ methods }) => methods), 'OPTIONS'])].join(', ');
  };
  fastify.addHook('onRequest', (request, _reply, done) => {
    const allow = request.is404 ? allowedAt(request.url) : null;
    return done(
      allow === null ? undefined : new Problem('method_not_allowed', { headers: { allow } }),
    );
  });
  fastify.options('*', (request, reply) => {
    if (allowedAt(request.url) === null) return reply.callNotFound();
    return reply.code(204).send();
  });
  // Also a preflight, which is answered before this hook runs. The route of all URLs has every
  // `OPTIONS` request except those that the auth server answers, with the methods of its endpoint.
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    const isOptions = request.method === 'OPTIONS' && request.routeOptions.url === '*';
    const allow = isOptions ? allowedAt(request.url) : null;
    if (allow !== null) void reply.header('allow', allow);
    done();
  });
}

/** Supports `:name` and a `*` at the end, the only patterns of the routes. */
function toPattern(url: string): RegExp {
  const escaped = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/:\w+/g, '[^/]+').replace(/\*$/, '.*')}$`);
}
