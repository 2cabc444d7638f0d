import { type Flow, TurnQueue } from './turn-queue';

/** Too much is waiting. */
export class BusyError extends Error {
  override readonly name: string = 'BusyError';
}

/** Too much of the own account or network is waiting. There are places for others. */
export class ShareError extends BusyError {
  override readonly name = 'ShareError';
}

export interface PlacesOptions {
  /** The number of tasks that run at the same time. */
  width: number;
  /** The number of tasks of one owner among them. */
  ofOwner: number;
  /** The number of tasks that may wait. */
  capacity: number;
  /** The longest wait in milliseconds. */
  waitMs: number;
}

export interface Entrant {
  /** `null`: no limit of an owner applies. */
  owner: string | null;
  flows: readonly Flow[];
  /** Ends the wait of a caller that has gone. */
  signal: AbortSignal;
}

interface Waiting {
  entrant: Entrant;
  start(): void;
  refuse(): void;
}

/**
 * Runs a limited number of tasks at the same time. The others wait in a {@link TurnQueue}. While it
 * is full, a task that arrives takes the place of the one with the latest turn.
 */
export class Places {
  private readonly queue = new TurnQueue<Waiting>();
  private readonly runningOf = new Map<string, number>();
  private running = 0;

  constructor(private readonly options: PlacesOptions) {}

  /**
   * @returns gives the place back; a further call has no effect.
   * @throws {ShareError} the task waited for others of its owner or network, for too long.
   * @throws {BusyError} the task waited for others, for too long.
   */
  async enter(entrant: Entrant): Promise<() => void> {
    if (this.mayStart(entrant)) this.count(entrant, 1);
    else await this.wait(entrant);
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      this.count(entrant, -1);
      this.startNext();
    };
  }

  private wait(entrant: Entrant): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        entrant.signal.removeEventListener('abort', refuse);
      };
      const start = () => {
        end();
        resolve();
      };
      const refuse = () => {
        if (!this.queue.remove(waiting)) return;
        end();
        reject(isBehindOwn ? new ShareError('waited too long') : new BusyError('waited too long'));
      };
      const waiting = { entrant, start, refuse };
      const isBehindOwn = this.queue.add(waiting, entrant.flows);
      const timer = setTimeout(refuse, this.options.waitMs);
      entrant.signal.addEventListener('abort', refuse);
      if (this.queue.size > this.options.capacity) this.queue.last?.refuse();
    });
  }

  private startNext(): void {
    const next = this.queue.take(({ entrant }) => this.mayStart(entrant));
    if (!next) return;
    this.count(next.entrant, 1);
    next.start();
  }

  private mayStart({ owner }: Entrant): boolean {
    const ofOwner = owner === null ? 0 : (this.runningOf.get(owner) ?? 0);
    return this.running < this.options.width && ofOwner < this.options.ofOwner;
  }

  private count({ owner }: Entrant, change: 1 | -1): void {
    this.running += change;
    if (owner === null) return;
    const running = (this.runningOf.get(owner) ?? 0) + change;
    if (running > 0) this.runningOf.set(owner, running);
    else this.runningOf.delete(owner);
  }
}
