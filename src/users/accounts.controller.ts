import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  type AccountList,
  accountListSchema,
  type SessionList,
  sessionListSchema,
  type UserExport,
  userExportSchema,
} from './accounts.schemas';
import { AccountsService } from './accounts.service';
import { type ActingAsUser, ActingUser } from '../auth/principal/acting';
import { CurrentUser } from '../auth/principal/current-user.decorator';
import type { UserPrincipal } from '../auth/principal/principal';
import { SessionsService } from '../auth/sessions.service';
import { Endpoint } from '../common/openapi/endpoint.decorator';
import { idParameter } from '../common/validation/schemas';

@ApiTags('Users')
@Controller({ path: 'users/me', version: '1' })
export class AccountsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
  ) {}

  @Delete()
  @Endpoint({
    summary: 'Delete your own account',
    description: 'Every row that is yours is gone: profile, sessions, sign-in methods.',
    operationId: 'deleteOwnAccount',
    answers: { 204: { description: 'Gone' } },
    problems: ['last_admin'],
  })
  deleteOwnAccount(@ActingUser() acting: ActingAsUser): Promise<void> {
    return this.accounts.deleteOwnUser(acting);
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
  endOtherSessions(@ActingUser() acting: ActingAsUser): Promise<void> {
    return this.sessions.endOtherSessions(acting);
  }

  @Delete('sessions/:id')
  @Endpoint({
    summary: 'End one of your own sessions',
    operationId: 'endOwnSession',
    answers: { 204: { description: 'The session is gone' } },
    problems: ['not_found'],
  })
  endOwnSession(
    @ActingUser() acting: ActingAsUser,
    @Param('id', { schema: idParameter }) sessionId: string,
  ): Promise<void> {
    const { userId } = acting.principal;
    return this.sessions.endSession(acting, { userId, sessionId });
  }

  @Get('accounts')
  @Endpoint({
    summary: 'List your own ways to sign in',
    operationId: 'listOwnAccounts',
    answers: { 200: { description: 'Sign-in methods, no secrets', schema: accountListSchema } },
  })
  async listOwnAccounts(@CurrentUser() { userId }: UserPrincipal): Promise<AccountList> {
    return { items: await this.accounts.listAccounts(userId) };
  }

  @Get('export')
  @Endpoint({
    summary: 'Export everything held about you',
    operationId: 'exportOwnData',
    answers: { 200: { description: 'One JSON document', schema: userExportSchema } },
  })
  exportOwnData(@ActingUser() acting: ActingAsUser): Promise<UserExport> {
    return this.accounts.exportUser(acting);
  }
}
