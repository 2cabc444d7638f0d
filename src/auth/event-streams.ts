import { PassThrough, Readable } from 'node:stream';
import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JwtAuthGuard } from './jwt-auth.guard';
import type { AccessChange } from './live-access/access-change';
import { SessionAccess } from './live-access/session-access';
import { callerIdOf } from './principal/caller-id';
import type { Actor } from './principal/current-actor.decorator';
import { RolesGuard } from './roles.guard';
import { ScopesGuard } from './scopes.guard';
import { Problem } from '../common/problems/problem';
import { onProcessStop } from '../../runtime/lifecycle/http-stop';

export const EVENT_STREAM = 'text/event-stream';

/** Streams of one caller that one replica serves at the same time. */
const MOST_STREAMS_OF_CALLER = 50;

/** Between two checks of all streams, and two comments in each, in milliseconds. */
const CHECK_INTERVAL_MS = 1_000;

/** A comment (HTML standard, section 9.2.6): the headers and a sign of life. */
const COMMENT = ':\n\n';

/** One server-sent event. `data` is sent as JSON; `event` and `id` have no line break. */
export interface StreamedEvent {
  event: string;
  data: unknown;
  id?: string;
}

/**
 * The events of one stream. `signal` is aborted when it ends, and from the beginning for a request
 * that does not stay open: `on(emitter, name, { signal })` of `node:events` ends by it.
 */
export type StreamSource = (signal: AbortSignal) => AsyncIterable<StreamedEvent>;

/** A `HEAD` request, and one that does not accept the media type by name, gets what there is. */
export function staysOpen({ method, headers: { accept = '' } }: FastifyRequest): boolean {
  return method === 'GET' && accept.includes(EVENT_STREAM);
}

/**
 * Server-sent events for one caller. The guards judge a request when it begins; these streams are
 * judged again by the same rules when a change of their session, user or client arrives, and once a
 * second. A stream ends with the access of its caller, with the token, when the access cannot be
 * checked, and when the process stops. Clients connect again.
 */
@Injectable()
export class EventStreams implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly open = new Set<OpenStream>();
  private timer: NodeJS.Timeout | undefined;
  private forgetStop: () => void = () => {};

  constructor(
    private readonly access: SessionAccess,
    private readonly guard: JwtAuthGuard,
    private readonly roles: RolesGuard,
    private readonly scopes: ScopesGuard,
  ) {}

  onApplicationBootstrap(): void {
    this.access.onChange((change) => this.checkThose((stream) => stream.isSubjectOf(change)));
    this.timer = setInterval(() => {
      this.checkThose(() => true);
      for (const stream of this.open) stream.signOfLife();
    }, CHECK_INTERVAL_MS).unref();
    this.forgetStop = onProcessStop(() => this.endAll());
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
    this.forgetStop();
    this.endAll();
  }

  /**
   * Answers with the events of the source. @param actor with the route, whose roles and scopes apply.
   * @throws {Problem} `too_many_requests`
   */
  send({ actor, reply }: { actor: Actor; reply: FastifyReply }, source: StreamSource): void {
    const caller = callerIdOf(reply.request);
    const own = [...this.open].filter((stream) => callerIdOf(stream.request) === caller);
    if (own.length >= MOST_STREAMS_OF_CALLER) throw tooMany();
    const stream = new OpenStream({ request: reply.request, actor, source });
    this.open.add(stream);
    stream.output.once('close', () => this.open.delete(stream));
    // Access can have ended since the guards judged the request.
    this.checkThose((one) => one === stream);
    void reply.type(EVENT_STREAM).header('x-accel-buffering', 'no').send(stream.output);
  }

  private checkThose(concerns: (stream: OpenStream) => boolean): void {
    for (const stream of this.open) {
      if (!concerns(stream)) continue;
      this.assertInForce(stream).catch(() => stream.end());
    }
  }

  /** @throws {Problem} when access has ended, or cannot be checked. */
  private async assertInForce({ request, actor: { route } }: OpenStream): Promise<void> {
    const principal = await this.guard.admitAgain(request);
    if (principal === null) throw new Problem('invalid_token');
    this.roles.judge(principal, route);
    this.scopes.judge(principal, route);
  }

  private endAll(): void {
    for (const stream of this.open) stream.end();
  }
}

interface StreamOptions {
  request: FastifyRequest;
  actor: Actor;
  source: StreamSource;
}

class OpenStream {
  readonly output = new PassThrough();
  readonly request: FastifyRequest;
  readonly actor: Actor;
  private readonly ending = new AbortController();
  private readonly events: Readable;

  constructor({ request, actor, source }: StreamOptions) {
    this.request = request;
    this.actor = actor;
    if (!staysOpen(request)) this.ending.abort();
    this.output.write(COMMENT);
    this.events = Readable.from(toTexts(source, this.ending.signal));
    this.events.once('error', (error) => this.output.destroy(error));
    this.events.pipe(this.output);
    this.output.once('close', () => this.stopEvents());
  }

  isSubjectOf({ all, keys, users, sessions, clients }: AccessChange): boolean {
    const { principal } = this.actor;
    const { userId, clientId } = principal;
    const sessionId = principal.kind === 'user' ? principal.sessionId : undefined;
    return (
      all ||
      keys ||
      (userId !== undefined && users.includes(userId)) ||
      (sessionId !== undefined && sessions.includes(sessionId)) ||
      (clientId !== null && clients.includes(clientId))
    );
  }

  signOfLife(): void {
    if (this.output.writable && !this.output.writableNeedDrain) this.output.write(COMMENT);
  }

  /** What is queued is still sent. */
  end(): void {
    this.events.unpipe(this.output);
    this.output.end();
    this.stopEvents();
  }

  private stopEvents(): void {
    this.ending.abort();
    this.events.destroy();
  }
}

async function* toTexts(source: StreamSource, signal: AbortSignal): AsyncGenerator<string> {
  try {
    for await (const { event, data, id } of source(signal)) {
      const place = id === undefined ? '' : `id: ${id}\n`;
      yield `event: ${event}\ndata: ${JSON.stringify(data)}\n${place}\n`;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function tooMany(): Problem {
  const detail = 'Too many streams are open. Close one, or wait.';
  return new Problem('too_many_requests', { detail, headers: { 'retry-after': '5' } });
}
