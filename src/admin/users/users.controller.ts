import {
  Body,
  Controller,
  Delete,
  Get,
  Inject,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Res,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { UserListService } from './user-list.service';
import {
  type Ban,
  banSchema,
  type CreateUser,
  createUserSchema,
  type ListUsers,
  listUsersSchema,
  type SetRole,
  setRoleSchema,
  type UpdateUser,
  updateUserSchema,
  userPageSchema,
} from './users.schemas';
import { AdminUsersService } from './users.service';
import {
  type Actor,
  type UserActor,
  CurrentActor,
  CurrentUserActor,
} from '../../auth/principal/current-actor.decorator';
import { Roles } from '../../auth/roles.decorator';
import { Scopes } from '../../auth/scopes.decorator';
import { type SignedIn, signedInSchema } from '../../auth-proxy/auth.schemas';
import { AUTH_SERVER_PROBLEMS } from '../../auth-proxy/auth-server.client';
import { Conditional, ETAG_HEADER } from '../../common/openapi/conditional.decorator';
import { Endpoint } from '../../common/openapi/endpoint.decorator';
import { Idempotent } from '../../common/openapi/idempotent.decorator';
import { linkNextPage, NEXT_LINK } from '../../common/pagination/pages';
import { idParameter } from '../../common/validation/schemas';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';
import { toEntityTag } from '../../http/entity-tag';
import { type Preconditions, RequestPreconditions } from '../../http/request/preconditions';
import { type User, userSchema } from '../../users/user.schemas';
import { UsersService } from '../../users/users.service';

@ApiTags('Admin')
@Roles('admin')
@Controller({ path: 'admin/users', version: '1' })
export class AdminUsersController {
  constructor(
    private readonly users: AdminUsersService,
    private readonly list: UserListService,
    private readonly profiles: UsersService,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  @Scopes('users:read')
  @Get()
  @Endpoint({
    summary: 'List users',
    description: 'Newest first by default. Pages follow each other by `nextCursor` or `Link`.',
    operationId: 'listUsers',
    answers: {
      200: { description: 'One page of users', schema: userPageSchema, headers: NEXT_LINK },
    },
  })
  async listUsers(
    @Query({ schema: listUsersSchema }) query: ListUsers,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const page = await this.list.listUsers(query);
    void reply.type('application/json; charset=utf-8');
    return linkNextPage(page, { reply, apiUrl: this.settings.apiUrl }).text;
  }

  @Scopes('users:write')
  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Create a user',
    operationId: 'createUser',
    answers: {
      201: {
        description: 'The new user',
        schema: userSchema,
        headers: {
          ...ETAG_HEADER,
          Location: { description: 'URL of the user', schema: { type: 'string' } },
        },
      },
    },
    problems: ['user_required', 'email_taken', ...AUTH_SERVER_PROBLEMS],
  })
  async createUser(
    @CurrentActor() actor: Actor,
    @Body({ schema: createUserSchema }) body: CreateUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    const user = await this.users.createUser(actor, body);
    const location = `${this.settings.apiUrl}/api/v1/admin/users/${user.id}`;
    void reply.headers({ location, etag: toEntityTag(user) });
    return user;
  }

  @Scopes('users:read')
  @Get(':id')
  @Conditional()
  @Endpoint({
    summary: 'Read a user as an administrator',
    operationId: 'getUserAsAdmin',
    answers: { 200: { description: 'The user', schema: userSchema } },
    problems: ['not_found'],
  })
  getUser(@Param('id', { schema: idParameter }) id: string): Promise<User> {
    return this.profiles.getUser(id);
  }

  @Scopes('users:write')
  @Patch(':id')
  @Conditional()
  @Endpoint({
    summary: "Change a user's profile",
    description:
      'A new e-mail address is not verified, unless `emailVerified` is true. Administrators change ' +
      'their own e-mail address by mail instead (403).',
    operationId: 'updateUser',
    answers: { 200: { description: 'The user after the change', schema: userSchema } },
    problems: ['user_required', 'not_found', 'email_taken'],
  })
  updateUser(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idParameter }) id: string,
    @Body({ schema: updateUserSchema }) change: UpdateUser,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<User> {
    return this.users.updateUser(actor, { id, change, preconditions });
  }

  @Scopes('users:write')
  @Delete(':id')
  @Conditional()
  @Endpoint({
    summary: 'Delete a user',
    description: 'Deletes every row of the user. Issued access tokens are refused at once.',
    operationId: 'deleteUser',
    answers: { 204: { description: 'Deleted' } },
    problems: ['user_required', 'not_found', 'last_admin'],
  })
  deleteUser(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idParameter }) id: string,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    return this.users.deleteUser(actor, { id, preconditions });
  }

  @Scopes('users:write')
  @Post(':id/password-reset')
  @Idempotent()
  @Endpoint({
    summary: 'Send a user a mail to set a new password',
    operationId: 'requestPasswordReset',
    answers: { 202: { description: 'The mail is on its way' } },
    problems: ['user_required', 'not_found', ...AUTH_SERVER_PROBLEMS],
  })
  requestPasswordReset(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idParameter }) id: string,
  ): Promise<void> {
    return this.users.requestPasswordReset(actor, id);
  }

  @Post(':id/impersonate')
  @Idempotent()
  @Endpoint({
    summary: 'Act as a user',
    description:
      'Begins a session with the id of the acting administrator. Administrators cannot be impersonated.',
    operationId: 'impersonateUser',
    answers: { 201: { description: 'Tokens of the session', schema: signedInSchema } },
    problems: [
      'not_found',
      'banned',
      'unknown_role',
      'cannot_impersonate_admin',
      ...AUTH_SERVER_PROBLEMS,
    ],
  })
  impersonate(
    @CurrentUserActor() actor: UserActor,
    @Param('id', { schema: idParameter }) id: string,
  ): Promise<SignedIn> {
    return this.users.impersonate(actor, id);
  }

  @Scopes('users:write')
  @Put(':id/role')
  @Conditional()
  @Endpoint({
    summary: "Set a user's role",
    description: 'Applies from the next request of the user, who does not have to sign in again.',
    operationId: 'setUserRole',
    answers: { 200: { description: 'The user after the change', schema: userSchema } },
    problems: ['user_required', 'not_found', 'last_admin'],
  })
  setRole(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idParameter }) id: string,
    @Body({ schema: setRoleSchema }) { role }: SetRole,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<User> {
    return this.users.setRole(actor, { id, role, preconditions });
  }

  @Scopes('users:write')
  @Put(':id/ban')
  @Conditional()
  @Endpoint({
    summary: 'Ban a user',
    description: 'Ends all sessions of the user. Issued access tokens are refused at once.',
    operationId: 'banUser',
    answers: { 200: { description: 'The user after the change', schema: userSchema } },
    problems: ['user_required', 'not_found', 'cannot_ban_self', 'last_admin'],
  })
  ban(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idParameter }) id: string,
    @Body({ schema: banSchema }) ban: Ban,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<User> {
    return this.users.ban(actor, { id, ban, preconditions });
  }

  @Scopes('users:write')
  @Delete(':id/ban')
  @Conditional()
  @Endpoint({
    summary: 'Lift a ban',
    operationId: 'unbanUser',
    answers: { 200: { description: 'The user after the change', schema: userSchema } },
    problems: ['user_required', 'not_found'],
  })
  unban(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idParameter }) id: string,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<User> {
    return this.users.unban(actor, { id, preconditions });
  }
}
