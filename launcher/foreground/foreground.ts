import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DATA_DIRECTORY, EMBEDDED_URL_FILE } from '../../runtime/settings/development';
import { SettingsError } from '../../runtime/settings/load';
import { AlreadyRunningError, takeLock, type OwnerLock } from './owner-lock';
import { StartError } from '../../runtime/start-error';

/** A process that belongs to the command and ends with it. */
export interface Part {
  /** Its name in messages. */
  name: string;
  /** Resolves with the reason of the end (`exit code 1`, `SIGKILL`), for every cause. */
  ended: Promise<string>;
  /** Returns when it has ended; takes a few seconds at most. */
  stop(): Promise<void>;
  /** Ends it at once and aborts its work. */
  kill(): void;
}

/** The tools of a command's start. */
export interface Foreground {
  /** Aborted when the command stops: on a signal, or because a part ended. */
  signal: AbortSignal;
  /** The last start was killed, so its processes may still be stopping. */
  takenOver: boolean;
  /** Makes a part end with the command, and the command with the part. */
  keep(part: Part): void;
}

class StopRequested extends Error {}

/**
 * npm also sends the signals that it receives, so one Ctrl-C at a terminal arrives twice there. The
 * time between both says nothing: on a loaded host it is long.
 */
const SIGINTS_OF_ONE_CTRL_C = process.env.npm_lifecycle_event ? 2 : 1;
const FORCED_EXIT_MS = 2_000;
const PARENT_WATCH_MS = 250;
const EXIT_FORCED = 130;

/**
 * Runs a command until SIGINT, SIGTERM or SIGHUP, then stops its parts in the reverse order of
 * their start and exits with 0. A part that ends by itself, or a failed start, stops the rest with
 * a message and exits with 1. A second Ctrl-C ends everything at once (130).
 */
export async function runInForeground(
  start: (foreground: Foreground) => Promise<void>,
): Promise<never> {
  const controller = new AbortController();
  const parts: Part[] = [];
  const isForced = listenForSignals(controller, parts);
  const lock = lockOrExplain();
  const { signal } = controller;
  const keep = (part: Part) => {
    parts.push(part);
    void part.ended.then((how) => controller.abort(endedUnexpectedly(part, how)));
  };
  const failure = await untilStopped(signal, start({ signal, takenOver: lock.takenOver, keep }));
  // The end of one part also fails the steps that wait for it: the first reason is the cause.
  const code = explain(signal.aborted ? signal.reason : failure);
  await stopInReverse(parts);
  lock.release();
  process.exit(isForced() ? EXIT_FORCED : code);
}

/** @returns the reason of a failed start. */
async function untilStopped(signal: AbortSignal, started: Promise<void>): Promise<unknown> {
  try {
    await started;
    if (!signal.aborted) await once(signal, 'abort');
    return null;
  } catch (error) {
    return error;
  }
}

function endedUnexpectedly({ name }: Part, how: string): StartError {
  return new StartError(`${name} ended unexpectedly (${how}).`);
}

async function stopInReverse(parts: Part[]): Promise<void> {
  for (const part of parts.toReversed()) {
    await part.stop().catch((error: unknown) => {
      process.stderr.write(`${part.name} could not be stopped: ${String(error)}\n`);
    });
  }
  if (parts.length > 0) process.stdout.write('Stopped.\n');
}

function lockOrExplain(): OwnerLock {
  try {
    const lock = takeLock(join(DATA_DIRECTORY, 'launcher.lock'));
    // Left by a killed start; no process writes it now.
    rmSync(EMBEDDED_URL_FILE, { force: true });
    return lock;
  } catch (error) {
    process.stderr.write(`${explainLock(error as Error)}\n`);
    process.exit(1);
  }
}

function explainLock(error: Error): string {
  if (error instanceof AlreadyRunningError) {
    return `Gatehouse is already running in this folder (pid ${error.pid}). Stop that one first.`;
  }
  return `Gatehouse cannot write into ${resolve(DATA_DIRECTORY)}: ${error.message}. Give the folder to the user that starts it.`;
}

/** @returns a function that tells whether a second Ctrl-C shortened the stop. */
function listenForSignals(controller: AbortController, parts: Part[]): () => boolean {
  let interrupts = 0;
  let forced = false;
  const begin = (name: NodeJS.Signals) => {
    if (name === 'SIGINT') interrupts += 1;
    controller.abort(new StopRequested(name));
    if (interrupts <= SIGINTS_OF_ONE_CTRL_C || forced) return;
    forced = true;
    endNow(parts);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, begin);
  whenAbandonedByNpm(() => begin('SIGTERM'));
  // After SIGHUP the terminal is gone.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  return () => forced;
}

/** A SIGTERM to npm ends the shell in between and does not arrive here. */
function whenAbandonedByNpm(stop: () => void): void {
  if (!process.env.npm_lifecycle_event) return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    stop();
  }, PARENT_WATCH_MS);
  watch.unref();
}

/** The stop continues, and finds every part ended. */
function endNow(parts: Part[]): void {
  process.stderr.write('Ending everything at once.\n');
  for (const part of parts) part.kill();
  setTimeout(() => process.exit(EXIT_FORCED), FORCED_EXIT_MS);
}

/** @returns the exit code. */
function explain(reason: unknown): number {
  if (reason instanceof StopRequested) {
    process.stdout.write('\nStopping…\n');
    return 0;
  }
  const isExplained = reason instanceof StartError || reason instanceof SettingsError;
  const text = isExplained
    ? reason.message
    : reason instanceof Error
      ? reason.stack
      : String(reason);
  process.stderr.write(`\n${text}\n`);
  return 1;
}
