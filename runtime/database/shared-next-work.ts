import { runOutsideScope } from './database-scope';

/**
 * A function whose calls share its result. A caller may have changed what is read: calls during a
 * running one share the next. The work belongs to no request: its place and its failures are not
 * those of the first caller.
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
  return () => {
    next ??= runOutsideScope(runNext);
    return next;
  };
}
