import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';

/** Injection token of what answers a repeated request (idempotency/). */
export const IDEMPOTENCY = Symbol('Idempotency');

/** Stands on the routes that are marked `@Idempotent()` alone, so that others do not pay for it. */
@Injectable()
export class IdempotencyGate implements NestInterceptor {
  constructor(@Inject(IDEMPOTENCY) private readonly idempotency: NestInterceptor) {}

  intercept(context: ExecutionContext, next: CallHandler) {
    return this.idempotency.intercept(context, next);
  }
}
