import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  type CreateUser,
  createUserSchema,
  type Statistics,
  statisticsSchema,
  type UpdateUser,
  updateUserSchema,
} from './admin-accounts.schemas';
import { AdminAccountsService } from './admin-accounts.service';
import {
  type Acting,
  type ActingAsUser,
  ActingPrincipal,
  ActingUser,
} from '../auth/principal/acting';
import { type SignedIn, signedInSchema } from '../auth-proxy/auth.schemas';
import { AUTH_SERVER_PROBLEMS } from '../auth-proxy/auth-server.client';
import { Roles } from '../auth/roles.decorator';
import { Scopes } from '../auth/scopes.decorator';
import { type User, userSchema } from '../users/user.schemas';
import { Endpoint } from '../common/openapi/endpoint.decorator';
import { Idempotent } from '../common/openapi/idempotent.decorator';
import { idParameter } from '../common/validation/schemas';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';
import { UsersService } from '../users/users.service';

@ApiTags('Admin')
@Roles('admin')
@Controller({ path: 'admin', version: '1' })
export class AdminAccountsController {
  constructor(
    private readonly accounts: AdminAccountsService,
    private readonly users: UsersService,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  @Scopes('users:write')
  @Post('users')
  @Idempotent()
  @Endpoint({
    summary: 'Create a user',
    operationId: 'createUser',
    answers: {
      201: {
        description: 'The new user',
        schema: userSchema,
        headers: { Location: { description: 'Address of the user', schema: { type: 'string' } } },
      },
    },
    problems: ['email_taken', ...AUTH_SERVER_PROBLEMS],
  })
  async createUser(
    @ActingPrincipal() acting: Acting,
    @Body({ schema: createUserSchema }) body: CreateUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    const user = await this.accounts.createUser(acting, body);
    void reply.header('location', `${this.settings.apiUrl}/api/v1/admin/users/${user.id}`);
    return user;
  }

  @Scopes('users:read')
  @Get('users/:id')
  @Endpoint({
    summary: 'Read a user as an administrator',
    operationId: 'getUserAsAdmin',
    answers: { 200: { description: 'The user', schema: userSchema } },
    problems: ['not_found'],
  })
  getUser(@Param('id', { schema: idParameter }) id: string): Promise<User> {
    return this.users.getUser(id);
  }

  @Scopes('users:write')
  @Patch('users/:id')
  @Endpoint({
    summary: "Change a user's profile",
    description: 'A new e-mail counts as not verified, unless `emailVerified` says otherwise.',
    operationId: 'updateUser',
    answers: { 200: { description: 'The user after the change', schema: userSchema } },
    problems: ['not_found', 'email_taken'],
  })
  updateUser(
    @ActingPrincipal() acting: Acting,
    @Param('id', { schema: idParameter }) id: string,
    @Body({ schema: updateUserSchema }) change: UpdateUser,
  ): Promise<User> {
    return this.accounts.updateUser(acting, { id, change });
  }

  @Scopes('users:write')
  @Delete('users/:id')
  @Endpoint({
    summary: 'Delete a user',
    description:
      'Every row that is theirs is gone; access tokens that are out are refused at once.',
    operationId: 'deleteUser',
    answers: { 204: { description: 'Gone' } },
    problems: ['not_found', 'last_admin'],
  })
  deleteUser(
    @ActingPrincipal() acting: Acting,
    @Param('id', { schema: idParameter }) id: string,
  ): Promise<void> {
    return this.accounts.deleteUser(acting, id);
  }

  @Scopes('users:write')
  @Post('users/:id/password-reset')
  @Idempotent()
  @Endpoint({
    summary: 'Send a user a mail to set a new password',
    operationId: 'requestPasswordReset',
    answers: { 202: { description: 'The mail is on its way' } },
    problems: ['not_found', ...AUTH_SERVER_PROBLEMS],
  })
  requestPasswordReset(
    @ActingPrincipal() acting: Acting,
    @Param('id', { schema: idParameter }) id: string,
  ): Promise<void> {
    return this.accounts.requestPasswordReset(acting, id);
  }

  @Post('users/:id/impersonate')
  @Idempotent()
  @Endpoint({
    summary: 'Act as a user',
    description: 'Begins a session that is marked with who acts; never as another administrator.',
    operationId: 'impersonateUser',
    answers: { 201: { description: 'Tokens of the marked session', schema: signedInSchema } },
    problems: ['not_found', 'banned', 'cannot_impersonate_admin', ...AUTH_SERVER_PROBLEMS],
  })
  impersonate(
    @ActingUser() acting: ActingAsUser,
    @Param('id', { schema: idParameter }) id: string,
  ): Promise<SignedIn> {
    return this.accounts.impersonate(acting, id);
  }

  @Scopes('users:read')
  @Get('stats')
  @Endpoint({
    summary: 'Read statistics',
    operationId: 'getStatistics',
    answers: { 200: { description: 'Figures as of now', schema: statisticsSchema } },
  })
  getStatistics(): Promise<Statistics> {
    return this.accounts.getStatistics();
  }
}
