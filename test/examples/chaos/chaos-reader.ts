import { setTimeout as pause } from 'node:timers/promises';
import { EventStream } from '../../admin/event-stream';

const PAUSE_MS = 100;

/** Reads the stream over all interruptions, and counts what it receives. */
export class ChaosReader {
  /** Deliveries of each event. */
  readonly deliveries = new Map<string, number>();
  reloads = 0;
  connections = 0;
  private lastEventId: string | undefined;
  private stream: EventStream | null = null;
  private isStopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: { url: string; token: string }) {}

  /** Returns when the reader has its first position. */
  async start(): Promise<void> {
    this.running = this.run();
    while (this.lastEventId === undefined) {
      this.takeEvents();
      await pause(10);
    }
  }

  get duplicates(): number {
    return [...this.deliveries.values()].reduce((sum, count) => sum + count - 1, 0);
  }

  /** The next transaction number at the last position. */
  get reached(): number {
    return Number(this.lastEventId?.split(':')[1] ?? 0);
  }

  has(eventId: string): boolean {
    return this.deliveries.has(eventId);
  }

  /** As when the reader's connection breaks. */
  async disconnect(): Promise<void> {
    await this.stream?.close();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.disconnect();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      const { lastEventId } = this;
      this.stream = await EventStream.open({ ...this.options, lastEventId }).catch(() => null);
      if (this.stream) this.connections += 1;
      while (this.stream && !this.stream.hasEnded) {
        this.takeEvents();
        await pause(10);
      }
      this.takeEvents();
      this.stream = null;
      await pause(PAUSE_MS);
    }
  }

  private takeEvents(): void {
    const { stream } = this;
    if (!stream) return;
    this.lastEventId = stream.lastEventId ?? this.lastEventId;
    for (const { kind, data } of stream.events.splice(0)) {
      if (kind === 'reload') this.reloads += 1;
      const eventId = data.eventId as string | undefined;
      if (eventId === undefined) continue;
      this.deliveries.set(eventId, (this.deliveries.get(eventId) ?? 0) + 1);
    }
  }
}
