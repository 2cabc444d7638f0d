import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Benchmark } from './common/benchmark';
import { growthBenchmark } from './growth/growth';
import { introspectionBenchmark } from './introspection';
import { liveAccessBenchmark } from './live-access';
import { memoryBenchmark } from './memory';
import { passwordHashingBenchmark } from './password-hashing';
import { requestsBenchmark } from './requests/requests';
import { signInsBenchmark } from './sign-ins/sign-ins';
import { startsBenchmark } from './starts';
import { userListBenchmark } from './user-list';
import { verifierBenchmark } from './verifier';

const BENCHMARKS: readonly Benchmark[] = [
  requestsBenchmark,
  verifierBenchmark,
  liveAccessBenchmark,
  userListBenchmark,
  passwordHashingBenchmark,
  memoryBenchmark,
  signInsBenchmark,
  startsBenchmark,
  growthBenchmark,
  introspectionBenchmark,
];

/** `npm run bench` runs all benchmarks, `npm run bench -- <name>…` some, `--smoke` small ones. */
async function main(parameters: string[]): Promise<void> {
  const { values, positionals: names } = parseArgs({
    args: parameters,
    options: { smoke: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const chosen = BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name));
  if (chosen.length < names.length || chosen.length === 0) {
    throw new Error(`The benchmarks are: ${BENCHMARKS.map(({ name }) => name).join(', ')}`);
  }
  print(`Node.js ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}`);
  for (const benchmark of chosen) {
    print(`\n# ${benchmark.name}`);
    await benchmark.run(print, { isSmoke: values.smoke });
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
