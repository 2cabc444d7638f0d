import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { IS_PUBLIC } from './public.decorator';
import { JwtStrategy } from './jwt.strategy';
import { Problem } from '../common/problems/problem';

/** Global: closes every route that is not marked `@Public()`. */
@Injectable()
export class JwtAuthGuard extends AuthGuard() {
  constructor(
    private readonly reflector: Reflector,
    strategy: JwtStrategy,
  ) {
    super({ defaultStrategy: strategy.passportName });
  }

  override canActivate(context: ExecutionContext) {
    // Handler first, then class: the narrower word wins.
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, [
      context.getHandler(),
      context.getClass(),
    ]);
    return isPublic === true || super.canActivate(context);
  }

  /** Called by passport's outcome: `error` when a check could not be made, `info` when it failed. */
  override handleRequest<Caller>(
    error: Error | null,
    caller: Caller | false,
    info: unknown,
  ): Caller {
    if (error) throw error;
    if (caller) return caller;
    // jsonwebtoken's and our own reasons go to the log; the caller learns only "invalid".
    throw info instanceof Problem ? info : new Problem('invalid_token', { cause: info });
  }
}
