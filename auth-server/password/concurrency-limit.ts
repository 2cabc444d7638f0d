/** Work was refused because too much of it waits already. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

export interface TurnstileOptions {
  /** How many pieces of work run at the same time. */
  width: number;
  /** How many may wait for their turn. */
  capacity: number;
}

/** Lets a few pieces of work run at a time, the others in the order in which they came. */
export class Turnstile {
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(private readonly options: TurnstileOptions) {}

  /** @throws {BusyError} at once, when there is no room to wait in. */
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

  /** Whoever is next takes over the place. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}
