import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { JwtAuthGuard } from './jwt-auth.guard';
import { JwtStrategy } from './jwt.strategy';
import { AuthController } from './auth.controller';
import { AuthServerClient } from './auth-server.client';
import { AuthService } from './auth.service';
import { CatchUpInterceptor } from './live-access/catch-up.interceptor';
import { KeySet } from './token/key-set';
import { AccessStore } from './live-access/access-store';
import { RateLimitGuard } from './rate-limit/rate-limit.guard';
import { SharedCounters } from './rate-limit/shared-counters';
import { RolesGuard } from './roles.guard';
import { ScopesGuard } from './scopes.guard';
import { SecondStepController } from './second-step.controller';
import { SecondStepService } from './second-step.service';
import { SessionAccess } from './live-access/session-access';
import { SessionsService } from './sessions.service';

/** Who is calling, and may they: its guards stand before every route of the application. */
@Module({
  imports: [PassportModule],
  controllers: [AuthController, SecondStepController],
  providers: [
    AccessStore,
    JwtStrategy,
    AuthServerClient,
    AuthService,
    KeySet,
    SecondStepService,
    SessionAccess,
    SessionsService,
    SharedCounters,
    // In this order: first who it is, then how often, then what they may.
    { provide: APP_GUARD, useClass: JwtAuthGuard },
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_GUARD, useClass: RolesGuard },
    { provide: APP_GUARD, useClass: ScopesGuard },
    { provide: APP_INTERCEPTOR, useClass: CatchUpInterceptor },
  ],
  exports: [AuthServerClient, AuthService, KeySet, SessionAccess, SessionsService],
})
export class AuthModule {}
