import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type CallerContext, toCallerContext } from '../../http/request/caller-context';
import { type AuthenticatedRequest, principalOf, userOf } from './current-user.decorator';
import type { Principal, UserPrincipal } from './principal';

/** Who does something and from where: for the audit log, and for the auth server when it acts for them. */
export interface Acting<Who extends Principal = Principal> {
  principal: Who;
  caller: CallerContext;
}

/** A user who does something. */
export type ActingAsUser = Acting<UserPrincipal>;

/** The user who calls a closed route, with the context of the request; a machine is refused. */
export const ActingUser = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
  return { principal: userOf(request), caller: toCallerContext(request) };
});

/** Whoever calls a closed route, a user or a machine, with the context of the request. */
export const ActingPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
  return { principal: principalOf(request), caller: toCallerContext(request) };
});
