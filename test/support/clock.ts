import { loadNatively } from './native/load';

type NativeClock = typeof import('./native/clock');

const { clock } = loadNatively('test/support/native/clock') as NativeClock;

/** A code of an authenticator app is valid for a step of 30 seconds. */
const STEP_MS = 30_000;

/** Timers and the database go on: only `Date` is stopped. */
const NOT_FAKED = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

/**
 * Stops the clock of this test file, and of an `InProcessSystem` in it, in the middle of a step of
 * 30 seconds, so that no test crosses the end of one.
 */
export function stopClock(): void {
  stopClockAt(Math.floor(Date.now() / STEP_MS) * STEP_MS + STEP_MS / 2);
}

/** @param now in milliseconds. */
export function stopClockAt(now: number): void {
  jest.useFakeTimers({ now, doNotFake: [...NOT_FAKED] });
  clock.stopAt(now);
}

/** Moves the stopped clock forward. */
export function passTime(milliseconds: number): void {
  const now = Date.now() + milliseconds;
  jest.setSystemTime(now);
  clock.stopAt(now);
}

export function startClock(): void {
  jest.useRealTimers();
  clock.start();
}
