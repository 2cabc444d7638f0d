import type { AccessEvent, EventBatch } from './access-event.store';
import type { EventPosition } from './event-position';

type NewEvents = Omit<EventBatch, 'asOf' | 'read'>;

/**
 * Where the query of a replica begins: the last position that stays valid after a crash. A rolled
 * back transaction has a number although the record of its end is not durable yet. After a crash
 * another transaction can get that number, and a later position would hide its events. So each
 * query begins at a durable position, and the events that were sent since are left out.
 */
export class EventBase {
  private candidate: Pick<EventBatch, 'position' | 'written' | 'checkpoint'> | null = null;
  private sent = new Set<string>();

  constructor(private durable: EventPosition) {}

  /** The one that readers resume from. */
  get position(): EventPosition {
    return this.durable;
  }

  /** @param batch what was read since the position. @returns the events that are new. */
  take({ position, events, written, flushed, checkpoint }: NewEvents): AccessEvent[] {
    const isNew = events.filter(({ id }) => !this.sent.has(id));
    this.sent = new Set(events.map(({ id }) => id));
    // A crash can have lost what was written, and the log can have grown past it since.
    if (this.candidate?.checkpoint !== checkpoint)
      this.candidate = { position, written, checkpoint };
    if (flushed >= this.candidate.written) {
      this.durable = this.candidate.position;
      this.candidate = null;
    }
    return isNew;
  }
}
