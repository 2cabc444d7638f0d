import { REQUEST_IS_OVER } from './database-errors';
import { runOutsideScope, timeLeftInScope } from './database-scope';
import { endsWithin } from '../lifecycle/time-limit';

/**
 * A function whose calls share its result. A caller may have changed what is read: calls during a
 * running one share the next. The work belongs to no request: its place and its failures are not
 * those of the first caller. Each caller waits for it in the time of the own request.
 */
export function sharedNextWork<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | null = null;
  const runNext = async () => {
    await running.catch(() => {});
    running = next!;
    next = null;
    return work();
  };
  return async () => {
    next ??= runOutsideScope(runNext);
    const shared = next;
    const left = timeLeftInScope();
    if (left === Infinity || (await endsWithin(shared, Math.max(0, left)))) return shared;
    throw new Error(REQUEST_IS_OVER);
  };
}
