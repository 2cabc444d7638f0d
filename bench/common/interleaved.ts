/** One way to do the same thing. */
export interface Contestant {
  name: string;
  /** Called before each round, outside of the measured time. */
  prepare?(): void;
  /** Does it `operations` times. */
  run(): Promise<void> | void;
}

export interface RoundOptions {
  rounds: number;
  /** What one call of `run()` does. */
  operations: number;
}

/**
 * Alternates all, so that other work on the host affects all of them. @returns the median of each
 * one's rounds, in microseconds for one operation.
 */
export async function takeTurns(
  contestants: Contestant[],
  { rounds, operations }: RoundOptions,
): Promise<Map<string, number>> {
  const times = new Map(contestants.map(({ name }): [string, number[]] => [name, []]));
  // The first round is a warm-up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const contestant of contestants) {
      contestant.prepare?.();
      const began = performance.now();
      await contestant.run();
      const microseconds = ((performance.now() - began) * 1_000) / operations;
      if (round > 0) times.get(contestant.name)!.push(microseconds);
    }
  }
  return new Map([...times].map(([name, list]) => [name, median(list)]));
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.at(sorted.length >> 1) ?? NaN;
}

/** A table of medians, with their ratios to `reference`. */
export function renderMedians(medians: Map<string, number>, reference: string): string[] {
  const unit = medians.get(reference)!;
  const width = Math.max(...[...medians.keys()].map((name) => name.length));
  return [...medians].map(([name, microseconds]) => {
    const ratio = (microseconds / unit).toFixed(2);
    return `${name.padEnd(width)}  ${microseconds.toFixed(2).padStart(8)} µs  ${ratio.padStart(6)} ×`;
  });
}
