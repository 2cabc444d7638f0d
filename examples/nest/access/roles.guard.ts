import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessRefusal } from '../../express/access';
import { type AccessRequest, REQUIRED_ROLES } from './access.decorators';

/** Global, after the guard of tokens: compares the role in force with `@Roles()`. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    const roles = this.reflector.getAllAndOverride<string[] | undefined>(REQUIRED_ROLES, places);
    const { caller } = context.switchToHttp().getRequest<AccessRequest>();
    if (!roles || !caller || caller.userId === null) return true;
    if (caller.role !== null && roles.includes(caller.role)) return true;
    throw new AccessRefusal(403, 'forbidden');
  }
}
