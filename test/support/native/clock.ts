const { Date: RunningDate } = globalThis;

/** The clock of the worker itself, which an application outside jest's sandbox reads. */
export const clock = {
  stopAt(now: number): void {
    globalThis.Date = class extends RunningDate {
      constructor(...given: unknown[]) {
        super(...((given.length === 0 ? [now] : given) as [number]));
      }

      static override now = () => now;

      /** Dates of before, too. */
      static override [Symbol.hasInstance](value: unknown): boolean {
        return value instanceof RunningDate;
      }
    } as DateConstructor;
  },
  start(): void {
    globalThis.Date = RunningDate;
  },
};
