import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor } from '../../auth/principal/current-actor.decorator';
import { CurrentPrincipal } from '../../auth/principal/current-user.decorator';
import type { Principal } from '../../auth/principal/principal';
import { Roles } from '../../auth/roles.decorator';
import { Scopes } from '../../auth/scopes.decorator';
import { SessionsService } from '../../users/sessions.service';
import { Endpoint } from '../../common/openapi/endpoint.decorator';
import { idParameter } from '../../common/validation/schemas';
import { type SessionList, sessionListSchema } from '../../users/session.schemas';
import { UsersService } from '../../users/users.service';

@ApiTags('Admin')
@Roles('admin')
@Controller({ path: 'admin/users/:id/sessions', version: '1' })
export class UserSessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
  ) {}

  @Scopes('users:read')
  @Get()
  @Endpoint({
    summary: "List a user's sessions",
    operationId: 'listUserSessions',
    answers: { 200: { description: 'Sessions in force, newest first', schema: sessionListSchema } },
    problems: ['not_found'],
  })
  async listUserSessions(
    @CurrentPrincipal() principal: Principal,
    @Param('id', { schema: idParameter }) id: string,
  ): Promise<SessionList> {
    await this.users.getUser(id);
    return { items: await this.sessions.listSessions(id, principal.sessionId) };
  }

  @Scopes('users:write')
  @Delete()
  @Endpoint({
    summary: "End all of a user's sessions",
    operationId: 'endUserSessions',
    answers: { 204: { description: 'The user is signed out everywhere' } },
    problems: ['user_required', 'not_found'],
  })
  async endUserSessions(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idParameter }) id: string,
  ): Promise<void> {
    await this.users.getUser(id);
    await this.sessions.endAllSessions(actor, id);
  }

  @Scopes('users:write')
  @Delete(':sessionId')
  @Endpoint({
    summary: "End one of a user's sessions",
    operationId: 'endUserSession',
    answers: { 204: { description: 'The session has ended' } },
    problems: ['user_required', 'not_found'],
  })
  endUserSession(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idParameter }) userId: string,
    @Param('sessionId', { schema: idParameter }) sessionId: string,
  ): Promise<void> {
    return this.sessions.endSession(actor, { userId, sessionId });
  }
}
