/** 128 and the number of SIGTERM, as a shell reports a process that the signal has ended. */
const ENDED_BY_SIGTERM = 143;

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

const endStart = (): never => process.exit(ENDED_BY_SIGTERM);

/**
 * A signal ends the start. Without a listener, the kernel ignores it for the first process of a
 * container, which would then run until the platform kills it. Imported before all that takes time.
 */
for (const signal of SIGNALS) process.on(signal, endStart);

/** From now on, the caller stops the process in order. */
export function takeOverSignals(): void {
  for (const signal of SIGNALS) process.off(signal, endStart);
}
