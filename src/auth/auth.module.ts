import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { EventStreams } from './event-streams';
import { JwtAuthGuard } from './jwt-auth.guard';
import { JwtStrategy } from './jwt.strategy';
import { KeySet } from './token/key-set';
import { ResourceTokens } from './token/resource-tokens';
import { AccessStore } from './live-access/access-store';
import { ProofSender } from './live-access/proof-sender';
import { RateLimitGuard } from './rate-limit/rate-limit.guard';
import { SharedCounters } from './rate-limit/shared-counters';
import { RolesGuard } from './roles.guard';
import { ScopesGuard } from './scopes.guard';
import { SessionAccess } from './live-access/session-access';

/** Authentication and authorization. `app.guards.ts` lists its guards in their order. */
@Module({
  imports: [PassportModule],
  providers: [
    AccessStore,
    EventStreams,
    JwtAuthGuard,
    JwtStrategy,
    KeySet,
    ProofSender,
    RateLimitGuard,
    ResourceTokens,
    RolesGuard,
    ScopesGuard,
    SessionAccess,
    SharedCounters,
  ],
  exports: [
    EventStreams,
    JwtAuthGuard,
    KeySet,
    RateLimitGuard,
    ResourceTokens,
    RolesGuard,
    ScopesGuard,
    SessionAccess,
    SharedCounters,
  ],
})
export class AuthModule {}
