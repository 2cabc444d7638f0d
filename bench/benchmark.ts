/** One subject that can be measured by itself. */
export interface Benchmark {
  /** How it is asked for: `npm run bench -- <name>`. */
  name: string;
  run(print: (line: string) => void): Promise<void>;
}
