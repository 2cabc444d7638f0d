import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RoutePart } from './route-parts';

/** Metadata key: the route is marked {@link Conditional}. */
export const CONDITIONAL = Symbol('Conditional');

/** What the router keeps with a route. */
export interface ConditionalRouteConfig {
  isConditional?: boolean;
}

/** The header of an answer that contains the resource. */
export const ETAG_HEADER = {
  ETag: {
    description: 'Send it as If-Match with a change, as If-None-Match to read again',
    schema: { type: 'string' },
  },
} as const;

/**
 * For every route that reads or changes one resource, where the resource has a route that changes
 * it (RFC 9110, section 13):
 *
 * - Its successful answers have a strong `ETag`, made of what the handler returns. A handler that
 *   returns text sets the header itself.
 * - `GET` with `If-None-Match` answers 304 while the resource is unchanged.
 * - A change with `If-Match` answers 412 `precondition_failed` when the resource has changed. The
 *   handler takes `@RequestPreconditions()`, and its transaction calls `assertPreconditions()` after
 *   it has locked the row: of two requests with the same tag, one succeeds.
 *
 * The OpenAPI document has the headers and the answers from here. Without the parameter, a route
 * that changes something stops the start, and so does the parameter without this decorator.
 */
export function Conditional(): MethodDecorator {
  return applyDecorators(
    SetMetadata(CONDITIONAL, true),
    RoutePart({ isConditional: true } satisfies ConditionalRouteConfig),
  );
}
