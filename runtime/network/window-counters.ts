import { hash, randomUUID } from 'node:crypto';

/**
 * Bounds the memory for all requests: callers share this many counters. With fewer callers
 * in a window, two callers rarely share one, and a client cannot choose which one it shares: to use
 * up the counter of another one, it must use up nearly all of them.
 */
const COUNTERS = 65_536;

/** Callers whose counter is known without a hash. */
const KNOWN_CALLERS = 20_000;

/** The requests of each caller in the current window. */
export class WindowCounters {
  private readonly salt = randomUUID();
  private readonly counts = new Uint32Array(COUNTERS);
  /** When the window of each counter ends, in milliseconds since the epoch. */
  private readonly ends = new Float64Array(COUNTERS);
  private readonly places = new Map<string, number>();

  constructor(private readonly windowMs: number) {}

  /** Counts one request. A window begins with the first request after the previous window. */
  count(caller: string, now: number): { used: number; msLeft: number } {
    const place = this.placeOf(caller);
    const isOver = !(this.ends[place]! > now && this.ends[place]! <= now + this.windowMs);
    if (isOver) {
      this.ends[place] = now + this.windowMs;
      this.counts[place] = 0;
    }
    const used = this.counts[place]! + 1;
    this.counts[place] = used;
    return { used, msLeft: this.ends[place]! - now };
  }

  private placeOf(caller: string): number {
    const known = this.places.get(caller);
    if (known !== undefined) return known;
    const place = hash('sha256', this.salt + caller, 'buffer').readUInt32BE() % COUNTERS;
    if (this.places.size >= KNOWN_CALLERS) this.places.clear();
    this.places.set(caller, place);
    return place;
  }
}
