import { DATABASE_LIMITS } from './database-limits';
import { timeInScope } from './database-scope';

/** Too much of the same owner was before this, for too long. There are places for others. */
export class ShareError extends Error {
  override readonly name = 'ShareError';
}

interface Share {
  held: number;
  waiting: Set<() => void>;
  /** `performance.now()` when work that held a place ended. */
  endedAt: number;
}

/** Each owner holds a limited number of places at the same time. Others of the same owner wait in turn. */
export class Shares {
  private readonly shares = new Map<string, Share>();

  constructor(private readonly places: number) {}

  /** Runs the work in a place of the owner. @throws as {@link enter} */
  async run<T>(owner: string, work: () => Promise<T>): Promise<T> {
    await this.enter(owner);
    try {
      return await work();
    } finally {
      this.leave(owner);
    }
  }

  /**
   * All waits of a request are one time, from its begin on; each has at least a quarter of a second.
   * @throws {ShareError} after the longest wait. Places were given back since the request began.
   * @throws {Error} after that wait, while none was: the time limit of the pool.
   */
  async enter(owner: string): Promise<void> {
    const share = this.shares.get(owner) ?? { held: 0, waiting: new Set(), endedAt: 0 };
    this.shares.set(owner, share);
    if (share.held < this.places) share.held += 1;
    else await wait(share);
  }

  /** @param hasEnded `false`: the work did not begin. */
  leave(owner: string, hasEnded = true): void {
    const share = this.shares.get(owner)!;
    if (hasEnded) share.endedAt = performance.now();
    const [next] = share.waiting;
    // The next one takes the place.
    if (next) return next();
    share.held -= 1;
    if (share.held === 0) this.shares.delete(owner);
  }
}

/** For a request that was slow before: a place is usually free in this time. */
const LEAST_MS = 250;

function wait(share: Share): Promise<void> {
  const waited = timeInScope();
  const since = performance.now() - waited;
  return new Promise((resolve, reject) => {
    const start = () => {
      clearTimeout(timer);
      share.waiting.delete(start);
      resolve();
    };
    const refuse = () => {
      share.waiting.delete(start);
      const isOwnFault = share.endedAt > since;
      reject(isOwnFault ? new ShareError('waited too long') : new Error(POOL_LIMIT));
    };
    const timer = setTimeout(refuse, Math.max(LEAST_MS, DATABASE_LIMITS.connect - waited));
    share.waiting.add(start);
  });
}

/** The message of the pool of `pg` when no connection is free in time. */
const POOL_LIMIT = 'timeout exceeded when trying to connect';
