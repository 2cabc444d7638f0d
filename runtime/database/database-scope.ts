import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The time for which a failure is remembered, in milliseconds: work that outlives its request is
 * tried again.
 */
const MEMORY_MS = 5_000;

interface DatabaseScope {
  failure: { error: Error; at: number } | null;
  wasUnavailable: boolean;
}

const scopes = new AsyncLocalStorage<DatabaseScope>();

/**
 * Runs one request. When a statement of it has reached a time limit, the following ones fail
 * at once: the request waits for an unavailable database once, however many statements it has.
 */
export function runInDatabaseScope<T>(work: () => T): T {
  return scopes.run({ failure: null, wasUnavailable: false }, work);
}

/** Notes that a statement of this request failed because the database is unavailable. */
export function rememberOutage(): void {
  const scope = scopes.getStore();
  if (scope) scope.wasUnavailable = true;
}

/**
 * Whether a statement of this request failed because the database is unavailable. A library may
 * replace that error by its own, which does not show the cause.
 */
export function hasSeenOutage(): boolean {
  return scopes.getStore()?.wasUnavailable ?? false;
}

/** @param error of a time limit that was reached. */
export function rememberFailure(error: Error): void {
  const scope = scopes.getStore();
  if (scope) scope.failure = { error, at: performance.now() };
}

/** The failure of an earlier statement of this request. */
export function recallFailure(): Error | null {
  const failure = scopes.getStore()?.failure;
  return failure && performance.now() - failure.at < MEMORY_MS ? failure.error : null;
}
