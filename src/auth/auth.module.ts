import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { AccessTokenGuard } from './access-token.guard';
import { AccessTokenStrategy } from './access-token.strategy';
import { AuthController } from './auth.controller';
import { AuthServerClient } from './auth-server.client';
import { AuthService } from './auth.service';
import { KeySet } from './key-set';
import { RolesGuard } from './roles.guard';
import { SessionAccess } from './session-access';

/** Who is calling, and may they: its guards stand before every route of the application. */
@Module({
  imports: [PassportModule],
  controllers: [AuthController],
  providers: [
    AccessTokenStrategy,
    AuthServerClient,
    AuthService,
    KeySet,
    SessionAccess,
    // In this order: first who it is, then what they may.
    { provide: APP_GUARD, useClass: AccessTokenGuard },
    { provide: APP_GUARD, useClass: RolesGuard },
  ],
  exports: [AuthServerClient, KeySet],
})
export class AuthModule {}
