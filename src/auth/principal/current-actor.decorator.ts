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
export interface Acting<Who extends Principal = Principal> {
  principal: Who;
  caller: CallerContext;
  /** The access token of the request: it proves to the auth server for whom the API calls. */
  accessToken: string;
}

/** As {@link Acting}, where the principal is a user. */
export type ActingAsUser = Acting<UserPrincipal>;

/** The user who calls a protected route, with the origin of the request; refuses service accounts. */
export const ActingUser = createParamDecorator(
  takesUser((_data: unknown, context: ExecutionContext) => {
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
    return toActing(request, userOf(request));
  }),
);

/** The principal that calls a protected route, a user or a service account, with the origin of the request. */
export const ActingPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
  return toActing(request, principalOf(request));
});

function toActing<Who extends Principal>(request: FastifyRequest, principal: Who): Acting<Who> {
  return { principal, caller: toCallerContext(request), accessToken: bearerTokenOf(request) };
}
