import { Body, Controller, Get, HttpStatus, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type UserActor, CurrentUserActor } from '../auth/principal/current-actor.decorator';
import {
  type Refresh,
  refreshSchema,
  sessionAndUserSchema,
  type SessionAndUser,
  type SignedIn,
  signedInSchema,
  type SignIn,
  signInSchema,
  type SignUp,
  signUpSchema,
  type Tokens,
  tokensSchema,
  type VerificationRequired,
  verificationRequiredSchema,
} from './auth.schemas';
import { AUTH_SERVER_PROBLEMS } from './auth-server.client';
import { AuthService } from './auth.service';
import { RequestContext, type CallerContext } from '../http/request/caller-context';
import { CurrentUser } from '../auth/principal/current-user.decorator';
import type { UserPrincipal } from '../auth/principal/principal';
import { Public } from '../auth/public.decorator';
import { type TwoFactorRequired, twoFactorRequiredSchema } from './second-step.schemas';
import { Endpoint } from '../common/openapi/endpoint.decorator';
import { Idempotent } from '../common/openapi/idempotent.decorator';

@ApiTags('Auth')
@Controller({ path: 'auth', version: '1' })
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Public()
  @Post('sign-up')
  @Idempotent()
  @Endpoint({
    summary: 'Sign up with e-mail address and password',
    description:
      'Answers 201 with a session, or 202 where the e-mail address must be verified first ' +
      '(`REQUIRE_EMAIL_VERIFICATION`): then the answer is the same for a taken e-mail address.',
    operationId: 'signUp',
    answers: {
      201: { description: 'Signed up and signed in', schema: signedInSchema },
      202: {
        description: 'A mail with a link was sent, unless the e-mail address is taken',
        schema: verificationRequiredSchema,
      },
    },
    problems: ['email_taken', 'invalid_credentials', 'banned', ...AUTH_SERVER_PROBLEMS],
  })
  async signUp(
    @Body({ schema: signUpSchema }) body: SignUp,
    @RequestContext() caller: CallerContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedIn | VerificationRequired> {
    const outcome = await this.auth.signUp(body, caller);
    if ('verificationRequired' in outcome) void reply.code(HttpStatus.ACCEPTED);
    return outcome;
  }

  @Public()
  @Post('sign-in')
  @Endpoint({
    summary: 'Sign in with e-mail address and password',
    operationId: 'signIn',
    answers: {
      200: {
        description: 'Signed in, or the challenge of the second factor that is required',
        schema: z.union([signedInSchema, twoFactorRequiredSchema]),
      },
    },
    problems: [
      'invalid_credentials',
      'banned',
      'unknown_role',
      'email_not_verified',
      ...AUTH_SERVER_PROBLEMS,
    ],
  })
  signIn(
    @Body({ schema: signInSchema }) body: SignIn,
    @RequestContext() caller: CallerContext,
  ): Promise<SignedIn | TwoFactorRequired> {
    return this.auth.signIn(body, caller);
  }

  @Public()
  @Post('refresh')
  @Endpoint({
    summary: 'Get a new access token',
    operationId: 'refresh',
    answers: {
      200: { description: 'A new access token for the same session', schema: tokensSchema },
    },
    problems: ['invalid_refresh_token', ...AUTH_SERVER_PROBLEMS],
  })
  refresh(
    @Body({ schema: refreshSchema }) body: Refresh,
    @RequestContext() caller: CallerContext,
  ): Promise<Tokens> {
    return this.auth.refresh(body.refreshToken, caller);
  }

  @Post('sign-out')
  @Endpoint({
    summary: 'Sign out',
    description:
      'Ends the session: its access tokens and its refresh token are refused from now on.',
    operationId: 'signOut',
    answers: { 204: { description: 'The session has ended' } },
  })
  signOut(@CurrentUserActor() actor: UserActor): Promise<void> {
    return this.auth.signOut(actor);
  }

  @Get('session')
  @Endpoint({
    summary: 'Read the current session and its user',
    operationId: 'getSession',
    answers: {
      200: {
        description: 'The session that the access token belongs to',
        schema: sessionAndUserSchema,
      },
    },
  })
  getSession(@CurrentUser() principal: UserPrincipal): Promise<SessionAndUser> {
    return this.auth.getSession(principal);
  }
}
