import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import type { AuthenticatedRequest } from './principal/current-user.decorator';
import type { Principal } from './principal/principal';
import { IS_PUBLIC } from './public.decorator';
import { RouteRule } from './route-rules';
import { JwtStrategy } from './jwt.strategy';
import { Problem } from '../common/problems/problem';

/** Global: closes every route that is not marked `@Public()`. */
@Injectable()
export class JwtAuthGuard extends AuthGuard() {
  private readonly open: RouteRule<boolean>;

  constructor(
    reflector: Reflector,
    private readonly strategy: JwtStrategy,
  ) {
    super({ defaultStrategy: strategy.passportName });
    this.open = new RouteRule(reflector, IS_PUBLIC);
  }

  override canActivate(context: ExecutionContext) {
    if (this.open.of(context) === true) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
    const admitted = this.strategy.admitVerified(request);
    if (admitted === null) return super.canActivate(context);
    return admitted.then((principal) => {
      request.user = principal;
      return true;
    });
  }

  /**
   * The caller of a request that was admitted before, as of now.
   *
   * @returns `null`: the token has expired, or was signed with a key that is not used any longer.
   * @throws {Problem} when access has ended.
   */
  async admitAgain(request: FastifyRequest): Promise<Principal | null> {
    return this.strategy.admitVerified(request);
  }

  /**
   * Passport calls it with the outcome: `error` when a check failed to run, `info` when it
   * refused.
   */
  override handleRequest<Caller>(
    error: Error | null,
    caller: Caller | false,
    info: unknown,
  ): Caller {
    if (error) throw error;
    if (caller) return caller;
    // The reason is logged. The caller gets only `invalid_token`.
    throw info instanceof Problem ? info : new Problem('invalid_token', { cause: info });
  }
}
