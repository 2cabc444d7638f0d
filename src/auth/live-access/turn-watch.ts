/** How often the event loop is looked at, in milliseconds. */
const INTERVAL_MS = 20;

/** A turn that took longer than this may have left notifications unread. */
const LONG_TURN_MS = 40;

/**
 * Notices that the event loop was held up. Requests and notifications that arrived
 * meanwhile are read in one go and in no particular order: a request of that turn waits
 * until the turn is over, so that it is judged after every notification that was there.
 */
export class TurnWatch {
  private last = performance.now();
  private turn: Promise<void> | null = null;
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = setInterval(() => this.look(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** `null` when nothing was held up: then there is nothing to wait for. */
  settled(): Promise<void> | null {
    return this.turn;
  }

  /** Timers run before what has arrived is read, `setImmediate` after it. */
  private look(): void {
    const now = performance.now();
    const wasHeldUp = now - this.last > INTERVAL_MS + LONG_TURN_MS;
    this.last = now;
    if (!wasHeldUp) return;
    this.turn = new Promise((resolve) => {
      setImmediate(() => {
        this.turn = null;
        resolve();
      });
    });
  }
}
