import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { JwtAuthGuard } from './jwt-auth.guard';
import { JwtStrategy } from './jwt.strategy';
import { KeySet } from './token/key-set';
import { AccessStore } from './live-access/access-store';
import { RateLimitGuard } from './rate-limit/rate-limit.guard';
import { SharedCounters } from './rate-limit/shared-counters';
import { RolesGuard } from './roles.guard';
import { ScopesGuard } from './scopes.guard';
import { SessionAccess } from './live-access/session-access';

/** Who is calling, and may they: its guards stand before every route of the application. */
@Module({
  imports: [PassportModule],
  providers: [
    AccessStore,
    JwtStrategy,
    KeySet,
    SessionAccess,
    SharedCounters,
    // In this order: first who it is, then how often, then what they may.
    { provide: APP_GUARD, useClass: JwtAuthGuard },
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_GUARD, useClass: RolesGuard },
    { provide: APP_GUARD, useClass: ScopesGuard },
  ],
  exports: [KeySet, SessionAccess],
})
export class AuthModule {}
