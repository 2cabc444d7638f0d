import { Body, Controller, Get, Headers, Param, Patch, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { updateProfileSchema, type UpdateProfile } from './users.schemas';
import { UsersService } from './users.service';
import { type ActingAsUser, ActingUser } from '../auth/principal/acting';
import { CurrentUser } from '../auth/principal/current-user.decorator';
import type { UserPrincipal } from '../auth/principal/principal';
import { type User, userSchema } from '../auth/user.schemas';
import { Endpoint } from '../common/openapi/endpoint.decorator';
import { toEntityTag } from '../http/entity-tag';
import { idParameter } from '../common/validation/schemas';

const ETAG = {
  ETag: {
    description: 'Send it as If-Match with a change, as If-None-Match to read again',
    schema: { type: 'string' },
  },
} as const;

@ApiTags('Users')
@Controller({ path: 'users', version: '1' })
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get('me')
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: 'ETag that you have: the profile is sent only when it is another by now',
    schema: { type: 'string', example: '"m9xQ2k"' },
  })
  @Endpoint({
    summary: 'Read your own profile',
    operationId: 'getOwnProfile',
    answers: {
      200: { description: 'Your profile', schema: userSchema, headers: ETAG },
      304: { description: 'The profile is what `If-None-Match` names', headers: ETAG },
    },
  })
  async getOwnProfile(
    @CurrentUser() principal: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return withEntityTag(await this.users.getOwnUser(principal), reply);
  }

  @Patch('me')
  @ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'ETag that you read: the change is refused when the profile is another by now',
    schema: { type: 'string', example: '"m9xQ2k"' },
  })
  @Endpoint({
    summary: 'Change your own profile',
    operationId: 'updateOwnProfile',
    answers: {
      200: { description: 'Your profile after the change', schema: userSchema, headers: ETAG },
    },
    problems: ['precondition_failed'],
  })
  async updateOwnProfile(
    @ActingUser() acting: ActingAsUser,
    @Body({ schema: updateProfileSchema }) change: UpdateProfile,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return withEntityTag(await this.users.updateProfile(acting, { change, ifMatch }), reply);
  }

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

function withEntityTag(user: User, reply: FastifyReply): User {
  void reply.header('etag', toEntityTag(user));
  return user;
}
