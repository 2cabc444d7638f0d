import { AsyncLocalStorage } from 'node:async_hooks';
import { REQUEST_IS_OVER } from './database-errors';
import { DATABASE_LIMITS } from './database-limits';

/**
 * The time for which a failure stops a request, in milliseconds: work that outlives its request is
 * tried again.
 */
const MEMORY_MS = 5_000;

interface Failure {
  error: Error;
  at: number;
}

/** The failed statements of one request. */
interface Failures {
  timeLimit: Failure | null;
  /** The same, of an optional statement alone. */
  optionalLimit: Failure | null;
  outage: Failure | null;
}

interface DatabaseScope extends Required<ScopeOptions> {
  failures: Failures;
  /** `performance.now()` at which the waits end that began late; `null`: none did. */
  lateWaits: { end: number | null };
  /** The statements belong to work without which the request can succeed. */
  isOptional: boolean;
  /** `performance.now()` */
  begunAt: number;
  /** Whose connections it uses; `null`: no share applies. */
  owner: string | null;
}

interface ScopeOptions {
  /**
   * After a statement that failed because the database is unavailable, no other one gets a
   * connection. For a library that may continue after such a failure.
   */
  stopsAtOutage?: boolean;
  /** From then on, statements have the time of any statement. Default: never. */
  isAnswered?: () => boolean;
  /** Default: that of `DATABASE_LIMITS`. */
  limitMs?: number;
}

const scopes = new AsyncLocalStorage<DatabaseScope>();

/**
 * Runs one request. Its statements share the time of the request, until it is answered. When one of
 * them has reached a time limit, the following ones fail at once: the request waits for an unavailable
 * database once, however many statements it has.
 */
export function runInDatabaseScope<T>(work: () => T, options: ScopeOptions = {}): T {
  const scope: DatabaseScope = {
    stopsAtOutage: false,
    isAnswered: () => false,
    limitMs: DATABASE_LIMITS.request,
    ...options,
    failures: { timeLimit: null, optionalLimit: null, outage: null },
    lateWaits: { end: null },
    isOptional: false,
    begunAt: performance.now(),
    owner: null,
  };
  return scopes.run(scope, work);
}

/** The time of the current request begins now: until now its body was read. */
export function restartTime(): void {
  const scope = scopes.getStore();
  if (!scope) return;
  scope.begunAt = performance.now();
  scope.lateWaits.end = null;
}

/** For a statement of the current request, in milliseconds. `Infinity`: none waits for an answer. */
export function timeLeftInScope(): number {
  const scope = scopes.getStore();
  return !scope || scope.isAnswered()
    ? Infinity
    : scope.begunAt + scope.limitMs - performance.now();
}

/** From now on, the current request uses the share of connections of this caller; `null`: of none. */
export function setConnectionOwner(owner: string | null): void {
  const scope = scopes.getStore();
  if (scope) scope.owner = owner;
}

export function connectionOwner(): string | null {
  return scopes.getStore()?.owner ?? null;
}

/** How long the current request has taken, in milliseconds. */
export function timeInScope(): number {
  const scope = scopes.getStore();
  return scope ? performance.now() - scope.begunAt : 0;
}

/**
 * The time for a wait of the current request, in milliseconds: until `dueMs` after its begin. The waits
 * that begin less than `leastMs` before that have `leastMs` together.
 */
export function timeToWait(dueMs: number, leastMs: number): number {
  const left = dueMs - timeInScope();
  const lateWaits = scopes.getStore()?.lateWaits;
  if (!lateWaits || left >= leastMs) return left;
  const now = performance.now();
  lateWaits.end ??= now + leastMs;
  return Math.max(0, left, lateWaits.end - now);
}

/** Runs work for another request than the current one: its failures are not noted here. */
export function runOutsideScope<T>(work: () => T): T {
  return scopes.exit(work);
}

/** Runs work without which the request can succeed: its outage is not one of the request. */
export function runOptionalStatements<T>(work: () => T): T {
  const scope = scopes.getStore();
  return scope ? scopes.run({ ...scope, isOptional: true }, work) : work();
}

/** Runs work that goes on after the answer: the time of the request is not its limit. */
export function runBeyondAnswer<T>(work: () => T): T {
  const scope = scopes.getStore();
  return scope ? scopes.run({ ...scope, isAnswered: () => true }, work) : work();
}

/** Notes that a statement of this request failed because the database is unavailable. */
export function rememberOutage(error: Error): void {
  const scope = scopes.getStore();
  if (!scope || scope.isOptional || isRecent(scope.failures.outage)) return;
  scope.failures.outage = { error, at: performance.now() };
}

/**
 * The error of a statement of this request that failed because the database is unavailable. A
 * library may replace that error by its own, or continue without the statement.
 */
export function recallOutage(): Error | null {
  return scopes.getStore()?.failures.outage?.error ?? null;
}

/** The transaction of this request that failed with the error runs again. */
export function forgetOutage(error: unknown): void {
  const scope = scopes.getStore();
  if (scope && scope.failures.outage?.error === error) scope.failures.outage = null;
}

/**
 * @param error of a time limit that was reached.
 * @param isOfStatement whether another statement can succeed.
 */
export function rememberTimeLimit(error: Error, isOfStatement: boolean): void {
  const scope = scopes.getStore();
  if (!scope) return;
  const name = scope.isOptional && isOfStatement ? 'optionalLimit' : 'timeLimit';
  scope.failures[name] = { error, at: performance.now() };
}

/** Why the next statement fails at once: the failure of an earlier one, or the end of the time. */
export function recallFailure(): Error | null {
  const scope = scopes.getStore();
  if (!scope) return null;
  const { failures, stopsAtOutage, isOptional } = scope;
  const { timeLimit, optionalLimit, outage } = failures;
  const own = isOptional ? optionalLimit : stopsAtOutage ? outage : null;
  const failure = [timeLimit, own].find(isRecent)?.error;
  return failure ?? (timeLeftInScope() > 0 ? null : new Error(REQUEST_IS_OVER));
}

function isRecent(failure: Failure | null): failure is Failure {
  return failure !== null && performance.now() - failure.at < MEMORY_MS;
}
