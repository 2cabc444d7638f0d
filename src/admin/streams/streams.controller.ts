import { Body, Controller, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  type EventDeliveryPage,
  eventDeliveryPageSchema,
  type EventStreamPage,
  eventStreamPageSchema,
  type ListDeliveries,
  listDeliveriesSchema,
  type ListEventStreams,
  listEventStreamsSchema,
  type Replay,
  type Replayed,
  replayedSchema,
  replaySchema,
} from './streams.schemas';
import { StreamsService } from './streams.service';
import { type UserActor, CurrentUserActor } from '../../auth/principal/current-actor.decorator';
import { Roles } from '../../auth/roles.decorator';
import { Endpoint } from '../../common/openapi/endpoint.decorator';
import { Idempotent } from '../../common/openapi/idempotent.decorator';
import { linkNextPage, NEXT_LINK } from '../../common/pagination/pages';
import { idParameter } from '../../common/validation/schemas';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';

/** Streams of security events, for administrators. Receivers manage their own at the auth server. */
@ApiTags('Admin')
@Roles('admin')
@Controller({ path: 'admin/streams', version: '1' })
export class StreamsController {
  constructor(
    private readonly streams: StreamsService,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  @Get()
  @Endpoint({
    summary: 'List streams of security events',
    description: 'Newest first. Pages follow each other by `nextCursor` or `Link`.',
    operationId: 'listEventStreams',
    answers: {
      200: {
        description: 'One page of streams',
        schema: eventStreamPageSchema,
        headers: NEXT_LINK,
      },
    },
  })
  async listEventStreams(
    @Query({ schema: listEventStreamsSchema }) query: ListEventStreams,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventStreamPage> {
    const page = await this.streams.listStreams(query);
    return linkNextPage(page, { reply, apiUrl: this.settings.apiUrl });
  }

  @Get(':streamId/deliveries')
  @Endpoint({
    summary: 'List deliveries of a stream',
    description:
      'Newest first: what waits, what the receiver acknowledged or refused, and the last error. ' +
      'The log is kept for seven days, and at most 10,000 deliveries of a stream.',
    operationId: 'listEventDeliveries',
    answers: {
      200: {
        description: 'One page of deliveries',
        schema: eventDeliveryPageSchema,
        headers: NEXT_LINK,
      },
    },
    problems: ['not_found'],
  })
  async listEventDeliveries(
    @Param('streamId', { schema: idParameter }) streamId: string,
    @Query({ schema: listDeliveriesSchema }) query: ListDeliveries,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventDeliveryPage> {
    const page = await this.streams.listDeliveries(streamId, query);
    return linkNextPage(page, { reply, apiUrl: this.settings.apiUrl });
  }

  @Post(':streamId/replay')
  @Idempotent()
  @Endpoint({
    summary: 'Replay deliveries of a stream',
    description:
      'Events that were delivered or refused wait for the receiver again, with the same `jti`: ' +
      'the oldest first, and at most 1,000 wait. A stream that was paused because its endpoint ' +
      'failed for a day is enabled.',
    operationId: 'replayEventDeliveries',
    answers: { 200: { description: 'How many wait again', schema: replayedSchema } },
    problems: ['not_found'],
  })
  replayEventDeliveries(
    @CurrentUserActor() actor: UserActor,
    @Param('streamId', { schema: idParameter }) streamId: string,
    @Body({ schema: replaySchema }) replay: Replay,
  ): Promise<Replayed> {
    return this.streams.replay(actor, { streamId, replay });
  }
}
