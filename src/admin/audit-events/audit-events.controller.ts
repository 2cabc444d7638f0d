import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  type AuditEventPage,
  auditEventPageSchema,
  type ListAuditEvents,
  listAuditEventsSchema,
} from './audit-events.schemas';
import { AuditEventsService } from './audit-events.service';
import { Roles } from '../../auth/roles.decorator';
import { Scopes } from '../../auth/scopes.decorator';
import { Endpoint } from '../../common/openapi/endpoint.decorator';
import { linkNextPage, NEXT_LINK } from '../../common/pagination/pages';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';

@ApiTags('Admin')
@Roles('admin')
@Controller({ path: 'admin/audit-events', version: '1' })
export class AuditEventsController {
  constructor(
    private readonly auditEvents: AuditEventsService,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  @Scopes('audit:read')
  @Get()
  @Endpoint({
    summary: 'List audit events',
    description:
      'What happened, newest first. Nothing in it can be changed; events are removed when they ' +
      'are older than `AUDIT_RETENTION`. Pages follow each other by `nextCursor` or `Link`.',
    operationId: 'listAuditEvents',
    answers: {
      200: { description: 'One page of events', schema: auditEventPageSchema, headers: NEXT_LINK },
    },
  })
  async listAuditEvents(
    @Query({ schema: listAuditEventsSchema }) query: ListAuditEvents,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuditEventPage> {
    const page = await this.auditEvents.listAuditEvents(query);
    return linkNextPage(page, { reply, apiUrl: this.settings.apiUrl });
  }
}
