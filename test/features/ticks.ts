import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get, Module, Res } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { AuthModule } from '../../src/auth/auth.module';
import { EVENT_STREAM, EventStreams, type StreamedEvent } from '../../src/auth/event-streams';
import { CurrentUserActor, type UserActor } from '../../src/auth/principal/current-actor.decorator';
import { Endpoint } from '../../src/common/openapi/endpoint.decorator';

/** The streams of this user have one tick; those of others have as many as the client takes. */
export const ticks = { quietUser: '', sentAt: 0 };

@Controller({ path: 'ticks', version: '1' })
class TicksController {
  constructor(private readonly streams: EventStreams) {}

  @Get()
  @Endpoint({
    summary: 'Follow',
    operationId: 'followTicks',
    answers: { 200: { description: 'Ticks', textType: EVENT_STREAM, textExample: ':\n\n' } },
  })
  follow(@CurrentUserActor() actor: UserActor, @Res() reply: FastifyReply): void {
    const isQuiet = actor.principal.userId === ticks.quietUser;
    this.streams.send({ actor, reply }, isQuiet ? oneTick : endlessTicks);
  }
}

@Module({ imports: [AuthModule], controllers: [TicksController] })
class TicksModule {}

/** @returns the streams that are open. */
export async function addTicks(app: NestFastifyApplication) {
  await app.get(LazyModuleLoader).load(() => TicksModule);
  const streams: object = app.get(EventStreams);
  return streams as { open: Set<unknown>; timer: NodeJS.Timeout };
}

async function* endlessTicks(signal: AbortSignal): AsyncGenerator<StreamedEvent> {
  while (!signal.aborted) {
    yield { event: 'tick', data: 'x'.repeat(100_000) };
    ticks.sentAt = performance.now();
    await pause(1);
  }
}

async function* oneTick(signal: AbortSignal): AsyncGenerator<StreamedEvent> {
  yield { event: 'tick', data: '' };
  await once(signal, 'abort');
}
