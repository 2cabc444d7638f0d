import { SetMetadata } from '@nestjs/common';

/** Metadata key of {@link Public}. */
export const IS_PUBLIC = Symbol('IsPublic');

/**
 * Opens a route, or all routes of a controller, to callers without an access token.
 *
 * Every route is closed unless this word stands on it. On an open route a token that is
 * sent all the same is neither read nor checked, and there is no principal. The OpenAPI
 * document takes the route's security from the same metadata as the guard.
 */
export function Public(): MethodDecorator & ClassDecorator {
  return SetMetadata(IS_PUBLIC, true);
}
