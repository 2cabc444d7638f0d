import { Body, Controller, Delete, Get, Param, Patch, Res, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ExportQuota } from './export-quota';
import {
  type AccountList,
  accountListSchema,
  type UpdateProfile,
  updateProfileSchema,
  userExportSchema,
} from './me.schemas';
import { MeService } from './me.service';
import { ProfileQuota } from './profile-quota';
import { type SessionList, sessionListSchema } from '../session.schemas';
import { type UserActor, CurrentUserActor } from '../../auth/principal/current-actor.decorator';
import { UserScopes } from '../../auth/scopes.decorator';
import { CurrentUser } from '../../auth/principal/current-user.decorator';
import type { UserPrincipal } from '../../auth/principal/principal';
import { SessionsService } from '../sessions.service';
import { ownUserSchema, type User, userSchema } from '../user.schemas';
import { Conditional } from '../../common/openapi/conditional.decorator';
import { Endpoint } from '../../common/openapi/endpoint.decorator';
import { type Preconditions, RequestPreconditions } from '../../http/request/preconditions';
import { idParameter } from '../../common/validation/schemas';

@ApiTags('Users')
@Controller({ path: 'users/me', version: '1' })
export class MeController {
  constructor(
    private readonly me: MeService,
    private readonly sessions: SessionsService,
    private readonly exportQuota: ExportQuota,
    private readonly profileQuota: ProfileQuota,
  ) {}

  @UserScopes('profile')
  @Get()
  @Conditional()
  @Endpoint({
    summary: 'Read your own profile',
    description: 'An OAuth client that acts for you reads the fields of its scopes.',
    operationId: 'getOwnProfile',
    answers: { 200: { description: 'Your profile', schema: ownUserSchema } },
  })
  async getOwnProfile(
    @CurrentUser() principal: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { text, etag } = await this.me.getOwnProfile(principal);
    void reply.header('etag', etag).type('application/json; charset=utf-8');
    return text;
  }

  @Patch()
  @Conditional()
  @Endpoint({
    summary: 'Change your own profile',
    operationId: 'updateOwnProfile',
    answers: { 200: { description: 'Your profile after the change', schema: userSchema } },
  })
  async updateOwnProfile(
    @CurrentUserActor() actor: UserActor,
    @Body({ schema: updateProfileSchema }) change: UpdateProfile,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<User> {
    await this.profileQuota.count(actor.principal.userId);
    return this.me.updateProfile(actor, { change, preconditions });
  }

  @Delete()
  @Conditional()
  @Endpoint({
    summary: 'Delete your own account',
    description: 'Deletes every row of yours: profile, sessions, sign-in methods.',
    operationId: 'deleteOwnAccount',
    answers: { 204: { description: 'Deleted' } },
    problems: ['last_admin'],
  })
  deleteOwnAccount(
    @CurrentUserActor() actor: UserActor,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    return this.me.deleteOwnUser(actor, preconditions);
  }

  @Get('sessions')
  @Endpoint({
    summary: 'List your own sessions',
    operationId: 'listOwnSessions',
    answers: { 200: { description: 'Sessions in force, newest first', schema: sessionListSchema } },
  })
  async listOwnSessions(@CurrentUser() { userId, sessionId }: UserPrincipal): Promise<SessionList> {
    return { items: await this.sessions.listSessions(userId, sessionId) };
  }

  @Delete('sessions')
  @Endpoint({
    summary: 'End all your other sessions',
    operationId: 'endOtherSessions',
    answers: { 204: { description: 'Only the session of this request is left' } },
  })
  endOtherSessions(@CurrentUserActor() actor: UserActor): Promise<void> {
    return this.sessions.endOtherSessions(actor);
  }

  @Delete('sessions/:id')
  @Endpoint({
    summary: 'End one of your own sessions',
    operationId: 'endOwnSession',
    answers: { 204: { description: 'The session has ended' } },
    problems: ['not_found'],
  })
  endOwnSession(
    @CurrentUserActor() actor: UserActor,
    @Param('id', { schema: idParameter }) sessionId: string,
  ): Promise<void> {
    const { userId } = actor.principal;
    return this.sessions.endSession(actor, { userId, sessionId });
  }

  @Get('accounts')
  @Endpoint({
    summary: 'List your own sign-in methods',
    operationId: 'listOwnAccounts',
    answers: { 200: { description: 'Sign-in methods, no secrets', schema: accountListSchema } },
  })
  async listOwnAccounts(@CurrentUser() { userId }: UserPrincipal): Promise<AccountList> {
    return { items: await this.me.listAccounts(userId) };
  }

  @Get('export')
  @Endpoint({
    summary: 'Export your own data',
    operationId: 'exportOwnData',
    answers: { 200: { description: 'One JSON document', schema: userExportSchema } },
  })
  async exportOwnData(
    @CurrentUserActor() actor: UserActor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    await this.exportQuota.count(actor.principal.userId, reply);
    const stream = await this.me.exportUser(actor);
    return new StreamableFile(stream, { type: 'application/json; charset=utf-8' });
  }
}
