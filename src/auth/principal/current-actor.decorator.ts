import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type CallerContext, toCallerContext } from '../../http/request/caller-context';
import { bearerTokenOf } from '../token/bearer-token';
import {
  type AuthenticatedRequest,
  principalOf,
  takesUser,
  userOf,
} from './current-user.decorator';
import type { Principal, UserPrincipal } from './principal';

/** The principal of a request and its origin: for the audit log, and for calls of the auth server. */
export interface Actor<Who extends Principal = Principal> {
  principal: Who;
  caller: CallerContext;
  /** The access token of the request: it proves to the auth server for whom the API calls. */
  accessToken: string;
  /** The handler that was called: a change that has waited is judged again by its rules. */
  route: Route;
}

export type Route = Pick<ExecutionContext, 'getClass' | 'getHandler'>;

/** As {@link Actor}, where the principal is a user. */
export type UserActor = Actor<UserPrincipal>;

/** The user who calls a protected route, with the origin of the request; refuses service accounts. */
export const CurrentUserActor = createParamDecorator(
  takesUser((_data: unknown, context: ExecutionContext) => toActor(context, userOf)),
);

/** The principal that calls a protected route, a user or a service account, with the origin of the request. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  toActor(context, principalOf),
);

function toActor<Who extends Principal>(
  context: ExecutionContext,
  find: (request: AuthenticatedRequest) => Who,
): Actor<Who> {
  const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
  return {
    principal: find(request),
    caller: toCallerContext(request),
    accessToken: bearerTokenOf(request),
    route: context,
  };
}
