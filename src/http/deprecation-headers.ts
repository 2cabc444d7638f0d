import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DeprecatedRouteConfig } from '../common/openapi/deprecated.decorator';

/** Sets the deprecation headers on every answer of a route marked `@Deprecated()`, errors included. */
export function announceDeprecations(fastify: FastifyInstance): void {
  fastify.addHook('onSend', setDeprecationHeaders);
}

function setDeprecationHeaders(
  { routeOptions }: FastifyRequest,
  reply: FastifyReply,
  _payload: unknown,
  done: () => void,
): void {
  const { deprecation } = routeOptions.config as DeprecatedRouteConfig;
  if (deprecation) {
    // A page's link to the next one stays.
    const links = [reply.getHeader('link') ?? [], deprecation.links].flat();
    void reply.headers(deprecation.fields);
    if (links.length > 0) void reply.header('link', links.join(', '));
  }
  done();
}
