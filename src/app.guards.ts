import type { CanActivate, Provider, Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtAuthGuard } from './auth/jwt-auth.guard';
import { RateLimitGuard } from './auth/rate-limit/rate-limit.guard';
import { RolesGuard } from './auth/roles.guard';
import { ScopesGuard } from './auth/scopes.guard';
import { PreconditionsGuard } from './http/preconditions.guard';

/** The global guards, in order. Each one runs only when those before it have admitted the request. */
export const GLOBAL_GUARDS: readonly Type<CanActivate>[] = [
  // First: the other guards need the principal.
  JwtAuthGuard,
  // Before the roles and scopes: a request that they refuse is counted too.
  RateLimitGuard,
  // Before the scopes: a user without the role gets `forbidden`, with any client.
  RolesGuard,
  ScopesGuard,
  // Last: a refusal of access comes before that of a precondition (RFC 9110, section 13.2.1).
  PreconditionsGuard,
];

/** Nest runs global guards in the order in which they are provided. */
export function toProviders(guards: readonly Type<CanActivate>[]): Provider[] {
  return guards.map((guard) => ({ provide: APP_GUARD, useExisting: guard }));
}
