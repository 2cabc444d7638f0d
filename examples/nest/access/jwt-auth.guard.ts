import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Access } from '../../express/access';
import { type AccessRequest, IS_PUBLIC } from './access.decorators';

/** Global: closes every route that is not `@Public()` to requests without a valid token. */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: Access,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, places)) return true;
    const request = context.switchToHttp().getRequest<AccessRequest>();
    request.caller = await this.access.verify(request.headers.authorization);
    return true;
  }
}
