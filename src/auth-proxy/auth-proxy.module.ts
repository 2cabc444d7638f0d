import { Module } from '@nestjs/common';
import { AuthServerClient } from './auth-server.client';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { SecondStepController } from './second-step.controller';
import { SecondStepService } from './second-step.service';

/** The routes below `/auth`. The auth server does the work; this module shapes its answers. */
@Module({
  controllers: [AuthController, SecondStepController],
  providers: [AuthServerClient, AuthService, SecondStepService],
  exports: [AuthService],
})
export class AuthProxyModule {}
