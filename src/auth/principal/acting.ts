import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type CallerContext, toCallerContext } from '../../http/request/caller-context';
import {
  type AuthenticatedRequest,
  principalOf,
  takesUser,
  userOf,
} from './current-user.decorator';
import type { Principal, UserPrincipal } from './principal';

/** The principal of a request and its origin: for the audit log, and for calls of the auth server. */
export interface Acting<Who extends Principal = Principal> {
  principal: Who;
  caller: CallerContext;
}

/** As {@link Acting}, where the principal is a user. */
export type ActingAsUser = Acting<UserPrincipal>;

/** The user who calls a protected route, with the origin of the request; refuses service accounts. */
export const ActingUser = createParamDecorator(
  takesUser((_data: unknown, context: ExecutionContext) => {
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
    return { principal: userOf(request), caller: toCallerContext(request) };
  }),
);

/** The principal that calls a protected route, a user or a service account, with the origin of the request. */
export const ActingPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
  return { principal: principalOf(request), caller: toCallerContext(request) };
});
