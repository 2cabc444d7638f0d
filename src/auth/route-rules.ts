import type { ExecutionContext, Type } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { Route } from './principal/current-actor.decorator';

type Handler = ReturnType<ExecutionContext['getHandler']>;

/**
 * Caches the value of a decorator for each route: guards read it for each request, and metadata
 * does not change. The value of the handler has priority over the value of its class.
 */
export class RouteRule<Value> {
  private readonly values = new Map<Type, Map<Handler, Value | undefined>>();

  constructor(
    private readonly reflector: Reflector,
    private readonly key: string | symbol,
  ) {}

  of(context: Route): Value | undefined {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    const known = this.values.get(controller);
    if (known?.has(handler)) return known.get(handler);
    const value = this.reflector.getAllAndOverride<Value | undefined>(this.key, [
      handler,
      controller,
    ]);
    this.values.set(controller, new Map(known).set(handler, value));
    return value;
  }
}
