import { BusyError } from './places';

export interface ConcurrencyLimitOptions {
  /** The number of tasks that run at the same time. */
  width: number;
  /** The number of tasks that may wait. */
  capacity: number;
}

/** Runs a limited number of tasks at the same time; the others wait in the order of their arrival. */
export class ConcurrencyLimit {
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(private readonly options: ConcurrencyLimitOptions) {}

  /** @throws {BusyError} at once, when the queue is full. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.running < this.options.width) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= this.options.capacity) throw new BusyError('too much is waiting');
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The next task takes the place. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}
