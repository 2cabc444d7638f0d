/** The queue is full. */
export class BusyError extends Error {
  override readonly name: string = 'BusyError';
}

/** The share of a key is full. The queue has places for others. */
export class ShareError extends BusyError {
  override readonly name = 'ShareError';
}

export interface ConcurrencyLimitOptions {
  /** The number of tasks that run at the same time. */
  width: number;
  /** The number of tasks that may wait. */
  capacity: number;
}

/** The part of the queue that the tasks of one key may take. */
export interface Share {
  key: string;
  /** The number of tasks with this key that may wait. */
  most: number;
}

/**
 * Tasks that wait. The keys take turns, so a task waits for at most one task of each other key in
 * each turn; the tasks of one key keep the order of their arrival.
 */
class Turns {
  /** The key of the next turn comes first. */
  private readonly tasks = new Map<string, (() => void)[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(key: string, task: () => void): void {
    this.count += 1;
    const ofKey = this.tasks.get(key);
    if (ofKey) ofKey.push(task);
    else this.tasks.set(key, [task]);
  }

  takeNext(): (() => void) | undefined {
    const [turn] = this.tasks;
    if (!turn) return undefined;
    const [key, [next, ...others]] = turn;
    this.count -= 1;
    this.tasks.delete(key);
    if (others.length > 0) this.tasks.set(key, others);
    return next;
  }
}

/**
 * Runs a limited number of tasks at the same time. The others wait in {@link Turns}: a task belongs
 * to the key of its first share.
 */
export class ConcurrencyLimit {
  private readonly waiting = new Turns();
  private readonly waitingOf = new Map<string, number>();
  private running = 0;

  constructor(private readonly options: ConcurrencyLimitOptions) {}

  /**
   * @throws {ShareError} at once, when a share is full.
   * @throws {BusyError} at once, when the queue is full.
   */
  async run<T>(work: () => Promise<T>, shares: readonly Share[] = []): Promise<T> {
    await this.enter(shares);
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(shares: readonly Share[]): Promise<void> {
    if (this.running < this.options.width) {
      this.running += 1;
      return;
    }
    const isFull = shares.some(({ key, most }) => (this.waitingOf.get(key) ?? 0) >= most);
    if (isFull) throw new ShareError('too much of one key is waiting');
    if (this.waiting.size >= this.options.capacity) throw new BusyError('too much is waiting');
    for (const { key } of shares) this.count(key, 1);
    await new Promise<void>((resolve) => this.waiting.add(shares[0]?.key ?? '', resolve));
    for (const { key } of shares) this.count(key, -1);
  }

  private count(key: string, change: 1 | -1): void {
    const count = (this.waitingOf.get(key) ?? 0) + change;
    if (count > 0) this.waitingOf.set(key, count);
    else this.waitingOf.delete(key);
  }

  /** The next task takes the place. */
  private leave(): void {
    const next = this.waiting.takeNext();
    if (next) next();
    else this.running -= 1;
  }
}
