import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyGate } from './idempotency-gate';

/** Carries the key (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY_HEADER = 'Idempotency-Key';

/** Longest key, in characters. */
export const LONGEST_IDEMPOTENCY_KEY = 255;

/**
 * Lets a caller repeat a `POST` without doing its work twice: the answer to a request with
 * `Idempotency-Key` is kept for 24 hours and given again to the same request with the same
 * key. Without the header the route works as any other.
 *
 * A failed attempt frees the key only when it is proved that nothing was done. After a committed
 * transaction and a call of the auth server it never does. Other work calls `markWorkBegun()` before
 * its first change: a statement outside a transaction, a request to another service.
 *
 * The header of the operation in the OpenAPI document comes from here too. It
 * belongs on routes that create or trigger something and answer in JSON or not at all.
 */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(IdempotencyGate),
    ApiHeader({
      name: IDEMPOTENCY_KEY_HEADER,
      required: false,
      description:
        'Any text that is new for each new request, best a random UUID: within 24 hours the same ' +
        'request with the same key is answered as before instead of being done again',
      schema: {
        type: 'string',
        minLength: 1,
        maxLength: LONGEST_IDEMPOTENCY_KEY,
        examples: ['8e03978e-40d5-43dd-bc93-6894a57f9324'],
      },
    }),
  );
}

/** Whether a handler has {@link Idempotent}. */
export function isIdempotent(handler: object): boolean {
  const interceptors: unknown = Reflect.getMetadata(INTERCEPTORS_METADATA, handler);
  return Array.isArray(interceptors) && interceptors.includes(IdempotencyGate);
}
