import { constants } from 'node:os';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** 128 and the number of the signal, as a shell reports a process that the signal has ended. */
const endStart = (signal: (typeof SIGNALS)[number]): never =>
  process.exit(128 + constants.signals[signal]);

/**
 * A signal ends the start. Without a listener, the kernel ignores it for the first process of a
 * container, which would then run until the platform kills it. Imported before all that takes time.
 */
for (const signal of SIGNALS) process.on(signal, endStart);

/** From now on, the caller stops the process in order. */
export function takeOverSignals(): void {
  for (const signal of SIGNALS) process.off(signal, endStart);
}
