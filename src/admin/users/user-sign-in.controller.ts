import { Controller, Delete, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SecondFactorService } from './second-factor.service';
import { SignInMethodsService } from './sign-in-methods.service';
import { CurrentUserActor, type UserActor } from '../../auth/principal/current-actor.decorator';
import { Roles } from '../../auth/roles.decorator';
import { Conditional } from '../../common/openapi/conditional.decorator';
import { Endpoint } from '../../common/openapi/endpoint.decorator';
import { idParameter } from '../../common/validation/schemas';
import { type Preconditions, RequestPreconditions } from '../../http/request/preconditions';

/** Takes away what a user signs in with. */
@ApiTags('Admin')
@Roles('admin')
@Controller({ path: 'admin/users/:id', version: '1' })
export class UserSignInController {
  constructor(
    private readonly secondFactor: SecondFactorService,
    private readonly signInMethods: SignInMethodsService,
  ) {}

  @Delete('two-factor')
  @Conditional()
  @Endpoint({
    summary: "Remove a user's second factor",
    description:
      'For a user who has lost it and the recovery codes. Ends the sessions of the user and ' +
      'removes the trusted devices; passkeys remain. Administrators remove their own second ' +
      'factor with their password instead.',
    operationId: 'removeSecondFactor',
    answers: { 204: { description: 'Removed: the password alone is required' } },
    problems: ['not_found'],
  })
  removeSecondFactor(
    @CurrentUserActor() actor: UserActor,
    @Param('id', { schema: idParameter }) id: string,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    return this.secondFactor.remove(actor, { id, preconditions });
  }

  @Delete('sign-in-methods')
  @Conditional()
  @Endpoint({
    summary: "Remove all of a user's sign-in methods",
    description:
      'For an account that another person has taken over. Removes the password, the passkeys, the ' +
      'linked providers and the second factor, and ends the sessions, trusted devices and open ' +
      'links. After it, only a password that is set by mail gives access. Administrators cannot ' +
      'remove their own.',
    operationId: 'removeSignInMethods',
    answers: { 204: { description: 'Removed: a password reset by mail is required' } },
    problems: ['not_found'],
  })
  removeSignInMethods(
    @CurrentUserActor() actor: UserActor,
    @Param('id', { schema: idParameter }) id: string,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    return this.signInMethods.removeAll(actor, { id, preconditions });
  }
}
