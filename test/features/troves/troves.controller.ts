import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import { Body, Controller, Get, Header, Headers, Post, RawBody, Res } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { EVENT_STREAM, EventStreams, type StreamedEvent } from '../../../src/auth/event-streams';
import {
  CurrentUserActor,
  type UserActor,
} from '../../../src/auth/principal/current-actor.decorator';
import { Public } from '../../../src/auth/public.decorator';
import { Endpoint } from '../../../src/common/openapi/endpoint.decorator';
import { Upload, UploadedBytes } from '../../../src/common/openapi/upload.decorator';
import { Problem } from '../../../src/common/problems/problem';
import { id } from '../../../src/common/validation/schemas';

const troveSchema = z.object({ id, size: z.int().meta({ examples: [7] }) }).meta({ id: 'Trove' });

/** `looseObject`: the payment service can add fields. */
const paymentSchema = z
  .looseObject({
    eventId: z
      .string()
      .min(1)
      .meta({ examples: ['e1'] }),
  })
  .meta({ id: 'Payment' });

@ApiTags('Troves')
@Controller({ path: 'users/me/troves', version: '1' })
export class TrovesController {
  private readonly added = new EventEmitter().setMaxListeners(0);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly streams: EventStreams,
  ) {}

  @Get('table')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Endpoint({
    summary: 'Get the table of your troves',
    operationId: 'getTroveTable',
    answers: {
      200: { description: 'One line for each trove', textType: 'text/csv', textExample: 'id\r\n' },
    },
  })
  getTable(): string {
    return 'id\r\n1\r\n';
  }

  @Get('card')
  @Header('content-type', 'application/pdf')
  @Endpoint({
    summary: 'Get the card of your troves',
    operationId: 'getTroveCard',
    answers: { 200: { description: 'A page to print', fileType: 'application/pdf' } },
  })
  getCard(): Buffer {
    return Buffer.from('%PDF-1.7\n%\xff\xff\n', 'latin1');
  }

  @Get('changes')
  @Endpoint({
    summary: 'Follow your troves',
    operationId: 'followTroves',
    answers: {
      200: {
        description: 'Each new trove',
        textType: EVENT_STREAM,
        textExample: 'event: trove-added\ndata: {"size":7}\n\n',
      },
    },
  })
  followTroves(@CurrentUserActor() actor: UserActor, @Res() reply: FastifyReply): void {
    const { userId } = actor.principal;
    this.streams.send({ actor, reply }, (signal) => this.changesOf(userId, signal));
  }

  @Upload({ types: ['application/octet-stream', 'image/png'], maxBytes: 1_000_000 })
  @Post()
  @Endpoint({
    summary: 'Add a trove',
    operationId: 'addTrove',
    answers: { 201: { description: 'The new trove', schema: troveSchema } },
  })
  async addTrove(
    @CurrentUserActor() { principal: { userId } }: UserActor,
    @UploadedBytes() content: Buffer,
  ): Promise<z.infer<typeof troveSchema>> {
    const row = { id: randomUUID(), size: content.length };
    const sql = 'INSERT INTO trove (id, user_id, content) VALUES ($1, $2, $3)';
    await this.dataSource.query(sql, [row.id, userId, content]);
    this.added.emit(userId, row);
    return row;
  }

  private async *changesOf(userId: string, signal: AbortSignal): AsyncGenerator<StreamedEvent> {
    for await (const [data] of on(this.added, userId, { signal })) {
      yield { event: 'trove-added', data };
    }
  }
}

@ApiTags('Troves')
@Controller({ path: 'troves/payments', version: '1' })
export class PaymentsController {
  @Public()
  @Post()
  @ApiHeader({
    name: 'X-Signature',
    required: true,
    description: 'HMAC-SHA256 of the body, in hexadecimal digits',
    schema: { type: 'string' },
    example: 'ab12',
  })
  @Endpoint({
    summary: 'Receive a payment',
    operationId: 'receivePayment',
    answers: { 204: { description: 'The payment is recorded' } },
    problems: ['forbidden'],
  })
  receivePayment(
    @RawBody() bytes: Buffer,
    @Headers('x-signature') signature: string | undefined,
    @Body({ schema: paymentSchema }) _payment: z.infer<typeof paymentSchema>,
  ): void {
    const expected = createHmac('sha256', 'secret of the test').update(bytes).digest();
    const given = Buffer.from(signature ?? '', 'hex');
    const isRight = given.length === expected.length && timingSafeEqual(given, expected);
    if (!isRight) throw new Problem('forbidden');
  }
}
