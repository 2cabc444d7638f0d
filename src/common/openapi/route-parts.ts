import { RouteConfig } from '@nestjs/platform-fastify';

const parts = new WeakMap<object, object>();

/**
 * Adds to what the router keeps with a route. `RouteConfig` alone replaces what another
 * decorator of the same handler has set.
 */
export function RoutePart(part: object): MethodDecorator {
  return (target, key, descriptor) => {
    const handler = descriptor.value as object;
    const all = { ...parts.get(handler), ...part };
    parts.set(handler, all);
    RouteConfig(all)(target, key, descriptor);
  };
}
