import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { UsersService } from './users.service';
import { UserScopes } from '../auth/scopes.decorator';
import { CurrentUser } from '../auth/principal/current-user.decorator';
import type { UserPrincipal } from '../auth/principal/principal';
import { type OwnUser, ownUserSchema } from './user.schemas';
import { Endpoint } from '../common/openapi/endpoint.decorator';
import { idParameter } from '../common/validation/schemas';

@ApiTags('Users')
@Controller({ path: 'users', version: '1' })
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @UserScopes('profile')
  @Get(':id')
  @Endpoint({
    summary: 'Read a user',
    description:
      'Yourself; administrators read anyone. An OAuth client that acts for you reads the fields ' +
      'of its scopes; it reads other users for an administrator with the scope `users:read`.',
    operationId: 'getUser',
    answers: { 200: { description: 'The user', schema: ownUserSchema } },
    problems: ['forbidden', 'not_found'],
  })
  getUser(
    @CurrentUser() principal: UserPrincipal,
    @Param('id', { schema: idParameter }) id: string,
  ): Promise<OwnUser> {
    return this.users.getUserFor(principal, id);
  }
}
