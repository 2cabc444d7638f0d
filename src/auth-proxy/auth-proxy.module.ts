import { Module } from '@nestjs/common';
import { AuthServerClient } from './auth-server.client';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { SecondStepController } from './second-step.controller';
import { SecondStepService } from './second-step.service';
import { AuthModule } from '../auth/auth.module';

/** The routes below `/auth`. The auth server does the work; this module shapes its answers. */
@Module({
  imports: [AuthModule],
  controllers: [AuthController, SecondStepController],
  providers: [AuthServerClient, AuthService, SecondStepService],
  exports: [AuthServerClient, AuthService],
})
export class AuthProxyModule {}
