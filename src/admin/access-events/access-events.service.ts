import type { Readable } from 'node:stream';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessEventHub } from './access-event-hub';
import { AccessEventStore, PAGE_SIZE } from './access-event.store';
import { type EventPosition, hasReached, isBefore, parseEventId } from './event-position';
import { EventReader, toStream } from './event-reader';
import { ReaderAccess } from './reader-access';
import { OTHER_HISTORY, STREAM_BEGIN, toCurrent, toReload, toStreamText } from './event-text';
import { StreamPlaces } from './stream-places';
import { callerIdOf } from '../../auth/principal/caller-id';
import { Jobs } from '../../database/jobs';
import { LOCKS } from '../../../contract';
import { DELETE_OLD_EVENTS } from '../../../runtime/database/access-event-statements';

/** How often old events are deleted, in milliseconds. */
const CLEANUP_INTERVAL_MS = 10 * 60_000;

/** What a reader asks for. */
export interface ReadingRequest {
  request: FastifyRequest;
  /** Whether the stream stays open for new events. */
  follows: boolean;
  lastEventId: string | undefined;
  /** Without an id: how many seconds of kept events come first. */
  replay: number;
}

/** Where a stream begins. */
interface Beginning {
  from: EventPosition | number;
  /** Up to where the kept events are read first. */
  to: EventPosition;
  /** Before that was read: a reader that has everything up to there is current as of then. */
  asOf: Date;
  text: string;
}

interface PageRange extends Omit<Beginning, 'text'> {
  /** Whether `to` stays valid after a crash of the database, so that a reader may resume there. */
  isDurable?: boolean;
}

/** Streams of access events: first those that are kept, then the new ones. */
@Injectable()
export class AccessEventsService implements OnApplicationBootstrap {
  constructor(
    private readonly store: AccessEventStore,
    private readonly hub: AccessEventHub,
    private readonly readerAccess: ReaderAccess,
    private readonly places: StreamPlaces,
    private readonly jobs: Jobs,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.startCleanup({
      name: 'access-event-cleanup',
      intervalMs: CLEANUP_INTERVAL_MS,
      lock: LOCKS.accessEventCleanup,
      sql: DELETE_OLD_EVENTS,
      batchSize: 1_000,
    });
  }

  /**
   * The stream is sent also to a client that has disconnected: the end of the stream frees its place.
   * @throws {Problem} `too_many_requests`
   */
  async open(reading: ReadingRequest): Promise<Readable> {
    const giveBack = this.places.take(callerIdOf(reading.request));
    try {
      const beginning = await this.begin(reading);
      const reader = new EventReader(reading.request);
      const text = reading.follows ? this.follow(reader, beginning) : this.readKept(beginning);
      const stream = toStream(text, reader);
      stream.once('close', () => {
        giveBack();
        this.hub.leave(reader);
      });
      return stream;
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  private async begin({ lastEventId, replay }: ReadingRequest): Promise<Beginning> {
    const { position, asOf } = await this.store.getDurablePosition();
    const beginAt = (from: Beginning['from'], text = '') => ({ from, to: position, asOf, text });
    if (lastEventId === undefined) {
      return replay > 0 ? beginAt(replay) : beginAt(position, toCurrent(position, asOf));
    }
    const since = parseEventId(lastEventId);
    if (since && (await this.store.isKept(since))) return beginAt(since);
    return beginAt(position, toReload(position, asOf, 'events after the given id are not kept'));
  }

  private async *readKept(beginning: Beginning): AsyncGenerator<string> {
    yield STREAM_BEGIN + beginning.text;
    yield* this.pagesOf(beginning);
    yield toCurrent(beginning.to, beginning.asOf);
  }

  /**
   * A reader of many kept events needs time for them. It joins after a second query, when few
   * events are missing, and then reads what was committed before it joined. What arrives in between
   * can come twice.
   */
  private async *follow(
    reader: EventReader,
    { text, ...range }: Beginning,
  ): AsyncGenerator<string | Buffer> {
    yield STREAM_BEGIN + text;
    yield* this.pagesOf(range);
    // A reader chooses how long that takes. What was written since then needs access at this time.
    if ((await this.readerAccess.findEnded([reader])).length > 0) return;
    const { position: from, asOf } = await this.store.getDurablePosition();
    yield* this.pagesOf({ from: range.to, to: from, asOf });
    if (!this.hub.join(reader, from)) {
      const latest = await this.store.readNew(null);
      // The pages before can also have taken any time.
      if ((await this.readerAccess.findEnded([reader])).length > 0) return;
      yield* this.pagesOf({ from, to: latest.position, asOf: latest.asOf, isDurable: false });
    }
    yield* reader.chunks();
  }

  /** The last event of the last page has the id of the position after all of them. */
  private async *pagesOf({ from, to, asOf, isDurable = true }: PageRange): AsyncGenerator<string> {
    if (typeof from !== 'number' && !hasReached(to, from)) yield toReload(to, asOf, OTHER_HISTORY);
    if (typeof from !== 'number' && !isBefore(from, to)) return;
    let afterId = '0';
    for (;;) {
      const events = await this.store.readPage({ from, to, afterId });
      const isLast = events.length < PAGE_SIZE;
      if (events.length > 0) yield toStreamText(events, isLast && isDurable ? to : null);
      if (isLast) return;
      afterId = events.at(-1)!.id;
    }
  }
}
