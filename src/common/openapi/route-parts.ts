import { RouteConfig } from '@nestjs/platform-fastify';

const parts = new WeakMap<object, object>();

/**
 * Adds values to the configuration of a route. `RouteConfig` replaces the values that another
 * decorator of the handler has set.
 */
export function RoutePart(part: object): MethodDecorator {
  return (target, key, descriptor) => {
    const handler = descriptor.value as object;
    const all = { ...parts.get(handler), ...part };
    parts.set(handler, all);
    RouteConfig(all)(target, key, descriptor);
  };
}

/** What {@link RoutePart} added to the route of a handler. */
export function routePartsOf(handler: object): object {
  return parts.get(handler) ?? {};
}
