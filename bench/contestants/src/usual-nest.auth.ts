import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { passportJwtSecret } from 'jwks-rsa';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Configuration } from './configuration';

export interface Caller {
  id: string;
  role: string;
}

export function createJwtStrategy({ jwksUrl, issuer, audience }: Configuration) {
  @Injectable()
  class JwtStrategy extends PassportStrategy(Strategy) {
    constructor() {
      super({
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider: passportJwtSecret({
          jwksUri: jwksUrl,
          cache: true,
          rateLimit: true,
          jwksRequestsPerMinute: 10,
        }),
        algorithms: ['RS256'],
        issuer,
        audience,
      });
    }

    validate(payload: { sub: string; role: string }): Caller {
      return { id: payload.sub, role: payload.role };
    }
  }
  return JwtStrategy;
}

@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {}

export const Roles = (...roles: string[]) => SetMetadata('roles', roles);

@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const roles = this.reflector.getAllAndOverride<string[] | undefined>('roles', [
      context.getHandler(),
      context.getClass(),
    ]);
    const { user } = context.switchToHttp().getRequest<Request & { user: Caller }>();
    if (roles && !roles.includes(user.role)) throw new ForbiddenException();
    return true;
  }
}

export const CurrentUser = createParamDecorator(
  (_data: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<Request & { user: Caller }>().user,
);
