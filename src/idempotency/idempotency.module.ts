import { Global, Module } from '@nestjs/common';
import { IdempotencyCleanup } from './idempotency-cleanup';
import { IdempotencyInterceptor } from './idempotency.interceptor';
import { IdempotencyStore } from './idempotency.store';
import { IDEMPOTENCY } from '../common/openapi/idempotency-gate';

/** `Idempotency-Key` on every route that is marked `@Idempotent()`. */
@Global()
@Module({
  providers: [
    IdempotencyCleanup,
    IdempotencyStore,
    { provide: IDEMPOTENCY, useClass: IdempotencyInterceptor },
  ],
  exports: [IDEMPOTENCY],
})
export class IdempotencyModule {}
