import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type SignedIn, signedInSchema } from './auth.schemas';
import { AUTH_SERVER_PROBLEMS } from './auth-server.client';
import { RequestContext, type CallerContext } from '../http/request/caller-context';
import { Public } from '../auth/public.decorator';
import { type TwoFactor, twoFactorSchema } from './second-step.schemas';
import { SecondStepService } from './second-step.service';
import { Endpoint } from '../common/openapi/endpoint.decorator';

@ApiTags('Auth')
@Controller({ path: 'auth/two-factor', version: '1' })
export class SecondStepController {
  constructor(private readonly secondStep: SecondStepService) {}

  @Public()
  @Post()
  @Endpoint({
    summary: 'Pass the second step of a sign-in',
    description:
      'Takes the `challenge` of `/auth/sign-in` and a code of the authenticator app, or a ' +
      'recovery code, which works once. A challenge is valid for five minutes, one success and ' +
      'five attempts; after five wrong codes in a row the account waits longer each time ' +
      '(429, Retry-After).',
    operationId: 'passSecondStep',
    answers: { 200: { description: 'Signed in', schema: signedInSchema } },
    problems: [
      'invalid_two_factor_code',
      'invalid_challenge',
      'banned',
      'email_not_verified',
      'unknown_role',
      'second_factor_unavailable',
      ...AUTH_SERVER_PROBLEMS,
    ],
  })
  passSecondStep(
    @Body({ schema: twoFactorSchema }) body: TwoFactor,
    @RequestContext() caller: CallerContext,
  ): Promise<SignedIn> {
    return this.secondStep.verify(body, caller);
  }
}
