import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessRefusal } from '../../express/access';
import { type AccessRequest, REQUIRED_SCOPES } from './access.decorators';

/** Global, after the guard of roles: clients, also those that act for a user, need `@Scopes()`. */
@Injectable()
export class ScopesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    const scopes = this.reflector.getAllAndOverride<string[] | undefined>(REQUIRED_SCOPES, places);
    const { caller } = context.switchToHttp().getRequest<AccessRequest>();
    if (!caller || caller.clientId === null) return true;
    if (scopes?.every((scope) => caller.scopes.includes(scope))) return true;
    throw new AccessRefusal(403, 'insufficient_scope');
  }
}
