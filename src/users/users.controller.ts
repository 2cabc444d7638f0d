import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { UsersService } from './users.service';
import { CurrentUser } from '../auth/principal/current-user.decorator';
import type { UserPrincipal } from '../auth/principal/principal';
import { type User, userSchema } from './user.schemas';
import { Endpoint } from '../common/openapi/endpoint.decorator';
import { idParameter } from '../common/validation/schemas';

@ApiTags('Users')
@Controller({ path: 'users', version: '1' })
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get(':id')
  @Endpoint({
    summary: 'Read a user',
    description: 'Yourself; administrators read anyone.',
    operationId: 'getUser',
    answers: { 200: { description: 'The user', schema: userSchema } },
    problems: ['forbidden', 'not_found'],
  })
  getUser(
    @CurrentUser() principal: UserPrincipal,
    @Param('id', { schema: idParameter }) id: string,
  ): Promise<User> {
    return this.users.getUserFor(principal, id);
  }
}
