import { SetMetadata } from '@nestjs/common';

/** Metadata key of {@link Public}. */
export const IS_PUBLIC = Symbol('IsPublic');

/**
 * Opens a route, or all routes of a controller, to callers without an access token.
 *
 * Every route without this decorator requires a token. A public route ignores a token that
 * the request contains, and has no principal. The OpenAPI document takes the route's
 * security from the same metadata as the guard.
 */
export function Public(): MethodDecorator & ClassDecorator {
  return SetMetadata(IS_PUBLIC, true);
}
