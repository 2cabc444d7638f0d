import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal, UserPrincipal } from './principal';
import { parameterFactoriesOf } from '../../common/openapi/parameter-factories';
import { Problem } from '../../common/problems/problem';

/** A request that has passed {@link JwtAuthGuard}. */
export interface AuthenticatedRequest {
  user?: Principal;
}

type ParameterFactory<Value> = (data: unknown, context: ExecutionContext) => Value;

const userFactories = new WeakSet<object>();

/** Marks the factory of a parameter decorator that refuses service accounts. */
export function takesUser<Value>(factory: ParameterFactory<Value>): ParameterFactory<Value> {
  userFactories.add(factory);
  return factory;
}

/** Whether a parameter of the handler refuses service accounts. */
export function needsUser(controller: object, handlerName: string): boolean {
  return parameterFactoriesOf(controller, handlerName).some((one) => userFactories.has(one));
}

/**
 * The user who calls a protected route. A route without `@Scopes()` refuses service accounts; on a
 * route with it, this decorator refuses them.
 * @throws {Problem} `user_required`
 * @throws on a route marked `@Public()`, which has no caller: an error in the code.
 */
export const CurrentUser = createParamDecorator(
  takesUser((_data: unknown, context: ExecutionContext) =>
    userOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
  ),
);

/** The principal that calls a protected route: a user or a service account. */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);

/** @throws when the route is public, so that no guard has authenticated the caller. */
export function principalOf({ user }: AuthenticatedRequest): Principal {
  if (!user) throw new Error('the caller of a public route has no principal');
  return user;
}

/** @throws {Problem} `user_required` when the caller is a service account. */
export function userOf(request: AuthenticatedRequest): UserPrincipal {
  const principal = principalOf(request);
  if (principal.kind !== 'user') throw new Problem('user_required');
  return principal;
}
