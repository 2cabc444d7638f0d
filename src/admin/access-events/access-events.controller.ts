import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AccessEventsQuery, accessEventsQuerySchema } from './access-events.schemas';
import { AccessEventsService } from './access-events.service';
import { EVENT_STREAM, staysOpen } from '../../auth/event-streams';
import { Roles } from '../../auth/roles.decorator';
import { Scopes } from '../../auth/scopes.decorator';
import { Endpoint } from '../../common/openapi/endpoint.decorator';

@ApiTags('Admin')
@Roles('admin')
@Controller({ path: 'access-events', version: '1' })
export class AccessEventsController {
  constructor(private readonly accessEvents: AccessEventsService) {}

  @Scopes('access-events:read')
  @Get()
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The last id that the reader received: the stream continues after it.',
    schema: { type: 'string' },
    example: '7567234567890123456-00000001.1042:1042:',
  })
  @Endpoint({
    summary: 'Follow access events',
    description:
      'Each end or change of access as a server-sent event. A request that accepts ' +
      '`text/event-stream` by name stays open. Another request gets the kept events and ends. ' +
      'The event `current` says that the reader has everything that was committed at its `time`. ' +
      'The event `reload` says that events may be missing: nothing that the reader knows is ' +
      'certain. The stream ends with the access of the reader.',
    operationId: 'followAccessEvents',
    answers: {
      200: {
        description: 'Events, as they are committed',
        textType: EVENT_STREAM,
        textExample:
          'event: user-banned\ndata: {"eventId":"17","time":"2026-11-23T10:00:00.000Z","userId":"u1","until":null}\nid: 7567234567890123456-00000001.1043:1043:\n\n',
      },
    },
  })
  async followAccessEvents(
    @Query({ schema: accessEventsQuerySchema }) { replay }: AccessEventsQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const follows = staysOpen(request);
    const stream = await this.accessEvents.open({ request, follows, lastEventId, replay });
    void reply.type(EVENT_STREAM).header('x-accel-buffering', 'no').send(stream);
  }
}
