export interface BenchmarkOptions {
  /** Runs everything once and small: what is measured is not to be read. */
  isSmoke: boolean;
}

/** One subject that can be measured by itself. */
export interface Benchmark {
  /** How it is asked for: `npm run bench -- <name>`. */
  name: string;
  run(print: (line: string) => void, options: BenchmarkOptions): Promise<void>;
}
