import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';

/** Injection token of the interceptor for repeated requests (idempotency/). */
export const IDEMPOTENCY = Symbol('Idempotency');

/** It is added only to routes with `@Idempotent()`, so other routes have no cost. */
@Injectable()
export class IdempotencyGate implements NestInterceptor {
  constructor(@Inject(IDEMPOTENCY) private readonly idempotency: NestInterceptor) {}

  intercept(context: ExecutionContext, next: CallHandler) {
    return this.idempotency.intercept(context, next);
  }
}
