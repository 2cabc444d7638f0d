import { Body, Controller, Delete, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  type Ban,
  banSchema,
  type ListUsers,
  listUsersSchema,
  type SetRole,
  setRoleSchema,
  type UserPage,
  userPageSchema,
} from './admin-users.schemas';
import { AdminUsersService } from './admin-users.service';
import { UserListService } from './user-list.service';
import { type Acting, ActingPrincipal } from '../auth/principal/acting';
import { Roles } from '../auth/roles.decorator';
import { Scopes } from '../auth/scopes.decorator';
import { type User, userSchema } from '../users/user.schemas';
import { Endpoint } from '../common/openapi/endpoint.decorator';
import { linkNextPage, NEXT_LINK } from '../common/pagination/pages';
import { idParameter } from '../common/validation/schemas';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';

@ApiTags('Admin')
@Roles('admin')
@Controller({ path: 'admin/users', version: '1' })
export class AdminUsersController {
  constructor(
    private readonly users: AdminUsersService,
    private readonly list: UserListService,
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
  ): Promise<UserPage> {
    const page = await this.list.listUsers(query);
    return linkNextPage(page, { reply, apiUrl: this.settings.apiUrl });
  }

  @Scopes('users:write')
  @Put(':id/role')
  @Endpoint({
    summary: "Set a user's role",
    description: 'In force for the next request of the user; nobody has to sign in again.',
    operationId: 'setUserRole',
    answers: { 200: { description: 'The user after the change', schema: userSchema } },
    problems: ['not_found', 'last_admin'],
  })
  setRole(
    @ActingPrincipal() acting: Acting,
    @Param('id', { schema: idParameter }) id: string,
    @Body({ schema: setRoleSchema }) { role }: SetRole,
  ): Promise<User> {
    return this.users.setRole(acting, { id, role });
  }

  @Scopes('users:write')
  @Put(':id/ban')
  @Endpoint({
    summary: 'Ban a user',
    description: 'Ends all sessions of the user; access tokens that are out are refused at once.',
    operationId: 'banUser',
    answers: { 200: { description: 'The user after the change', schema: userSchema } },
    problems: ['not_found', 'cannot_ban_self', 'last_admin'],
  })
  ban(
    @ActingPrincipal() acting: Acting,
    @Param('id', { schema: idParameter }) id: string,
    @Body({ schema: banSchema }) ban: Ban,
  ): Promise<User> {
    return this.users.ban(acting, { id, ban });
  }

  @Scopes('users:write')
  @Delete(':id/ban')
  @Endpoint({
    summary: 'Lift a ban',
    operationId: 'unbanUser',
    answers: { 200: { description: 'The user after the change', schema: userSchema } },
    problems: ['not_found'],
  })
  unban(
    @ActingPrincipal() acting: Acting,
    @Param('id', { schema: idParameter }) id: string,
  ): Promise<User> {
    return this.users.unban(acting, id);
  }
}
