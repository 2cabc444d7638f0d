import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AccessEventMetrics } from './access-event.metrics';
import {
  AccessEventStore,
  type DurablePosition,
  type EventBatch,
  LARGEST_BATCH,
} from './access-event.store';
import { ReaderAccess } from './reader-access';
import { EventBase } from './event-base';
import { type EventPosition, hasReached } from './event-position';
import type { EventReader } from './event-reader';
import { OTHER_HISTORY, STREAM_WAITS, toCurrent, toReload, toStreamText } from './event-text';
import { SessionAccess } from '../../auth/live-access/session-access';
import { runOutsideScope } from '../../../runtime/database/database-scope';
import { onProcessStop } from '../../../runtime/lifecycle/http-stop';
import { FaultState } from '../../../runtime/fault-state';

/** How often readers are told that they have every event, in milliseconds. */
const CURRENT_INTERVAL_MS = 1_000;

/** Pause between two queries while notifications do not arrive, or the database does not answer. */
const DISCONNECTED_INTERVAL_MS = 200;

/**
 * Reads new events once for all readers of this replica: when the database announces them, and once
 * a second. A second without new events shows the readers that they have all events.
 */
@Injectable()
export class AccessEventHub implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('AccessEvents');
  private readonly readers = new Set<EventReader>();
  private readonly fault = new FaultState({
    began: (reason) => this.logger.warn(`access events cannot be read: ${reason}`),
    ended: () => this.logger.log('access events can be read again'),
  });
  private base: EventBase | null = null;
  private isRunning = false;
  private isPending = false;
  private isStopping = false;
  private toldAt = 0;
  private wake: () => void = () => {};
  private forgetStop: () => void = () => {};

  constructor(
    private readonly store: AccessEventStore,
    private readonly access: SessionAccess,
    private readonly readerAccess: ReaderAccess,
    private readonly metrics: AccessEventMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.access.onEvents(() => this.look());
    this.forgetStop = onProcessStop(() => this.stop());
    this.metrics.observe(() => this.readers.size);
  }

  beforeApplicationShutdown(): void {
    this.forgetStop();
    this.stop();
  }

  /**
   * From now on the reader receives new events. @param position is durable. @returns whether that
   * is everything after the position, because this reader is the first.
   */
  join(reader: EventReader, position: EventPosition): boolean {
    if (this.isStopping) reader.end();
    const begins = this.readers.size === 0;
    if (begins) this.base = new EventBase(position);
    this.readers.add(reader);
    this.look();
    // It outlives the request of this reader, and its queries are those of all readers.
    if (!this.isRunning) void runOutsideScope(() => this.run());
    return begins;
  }

  leave(reader: EventReader): void {
    this.readers.delete(reader);
    reader.end();
  }

  private stop(): void {
    this.isStopping = true;
    for (const reader of this.readers) this.leave(reader);
    this.wake();
  }

  private look(): void {
    this.isPending = true;
    this.wake();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    while (this.readers.size > 0) {
      this.isPending = false;
      const isRead = await this.readOnce();
      const isConnected = isRead && this.access.report().proofAgeMs !== null;
      if (!this.isPending)
        await this.pause(isConnected ? CURRENT_INTERVAL_MS : DISCONNECTED_INTERVAL_MS);
    }
    this.isRunning = false;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.isPending) this.wake();
    });
  }

  /** @returns whether the database answered. */
  private async readOnce(): Promise<boolean> {
    const { base } = this;
    try {
      const batch = await this.store.readNew(base!.position);
      const isSameHistory = hasReached(batch.position, base!.position);
      const next = isSameHistory ? null : await this.store.getDurablePosition();
      await this.endReadersWithoutAccess();
      // During the query the last reader can have left, and another one can have joined.
      if (this.base === base) {
        if (next) this.beginAnew(next);
        else this.deliver(batch);
      }
      this.fault.end();
      return true;
    } catch (error) {
      this.fault.begin(error);
      if (this.isTimeToTell()) this.send(STREAM_WAITS);
      return false;
    }
  }

  private beginAnew({ position, asOf }: DurablePosition): void {
    this.base = new EventBase(position);
    this.send(toReload(position, asOf, OTHER_HISTORY));
  }

  private deliver(batch: EventBatch): void {
    const base = this.base!;
    const events = base.take(batch);
    if (batch.events.length > LARGEST_BATCH) {
      // They resume, each with pages of its own.
      for (const reader of this.readers) this.leave(reader);
    } else if (events.length > 0) {
      this.metrics.delivered(events, batch.read);
      this.send(toStreamText(events, base.position));
    }
    if (this.isTimeToTell()) this.send(toCurrent(base.position, batch.asOf));
  }

  /** At most once in the interval, with room for the jitter of the timer. */
  private isTimeToTell(): boolean {
    const now = performance.now();
    if (now - this.toldAt < CURRENT_INTERVAL_MS / 2) return false;
    this.toldAt = now;
    return true;
  }

  private send(text: string | Buffer): void {
    const chunk = Buffer.from(text);
    for (const reader of this.readers) {
      if (reader.push(chunk)) continue;
      this.metrics.cutOff();
      this.leave(reader);
    }
  }

  private async endReadersWithoutAccess(): Promise<void> {
    for (const reader of await this.readerAccess.findEnded(this.readers)) this.leave(reader);
  }
}
