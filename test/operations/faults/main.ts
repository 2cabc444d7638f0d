import { cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Cluster } from './cluster';
import { FULL_PLAN, listFaults, NO_FAULT, SHORT_PLAN } from './fault-list';
import { Load, PAUSE_MS } from './load';
import { listChanges } from './version-changes';
import { listProblems, renderHead, renderRow } from './report';
import { runTrial } from './trial';
import { CHEAP_HASHES } from '../../support/auth-server/hash-cost';
import { StartError } from '../../../runtime/start-error';
import { RUN_VARIABLE } from '../../support/database';
import { takePortBlock } from '../../support/ports';

const USAGE =
  'Usage: npm run faults -- [--short] [--beside <folder>] [--pause <ms>] [<part of a name>…]';

/**
 * `npm run faults` prints a table of all faults; `--short` takes the times of `npm test`.
 * `--beside <folder>` prints what clients see of a change of the version instead: the folder is a
 * checkout of the other version with its packages. `--pause <ms>` between two requests of a kind is for
 * a busy host: with fewer requests, no answer is late.
 */
async function main(parameters: string[]): Promise<void> {
  const { values, filters, pauseMs } = readParameters(parameters);
  process.env[RUN_VARIABLE] = `faults_${process.pid}`;
  await takePortBlock(1);
  const plan = values.short ? SHORT_PLAN : FULL_PLAN;
  const faults = values.beside ? listChanges(resolve(values.beside)) : listFaults(plan);
  const isWholePlan = !values.short && !values.beside;
  const cluster = await Cluster.start(isWholePlan ? {} : CHEAP_HASHES);
  try {
    const load = await Load.prepare(cluster.urls, pauseMs);
    print(`Node.js ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}`);
    print(renderHead());
    for (const fault of [NO_FAULT, ...faults]) {
      if (filters.length > 0 && !filters.some((filter) => fault.name.includes(filter))) continue;
      const result = await runTrial({ cluster, load }, fault);
      print(renderRow(result));
      if (listProblems(result).length > 0) process.exitCode = 1;
    }
    print(`load average ${loadavg()[0]!.toFixed(1)}`);
  } finally {
    await cluster.stop();
  }
}

function readParameters(parameters: string[]) {
  const options = {
    short: { type: 'boolean', default: false },
    beside: { type: 'string' },
    pause: { type: 'string', default: String(PAUSE_MS) },
  } as const;
  try {
    const { values, positionals: filters } = parseArgs({
      args: parameters,
      options,
      allowPositionals: true,
    });
    const pauseMs = Number(values.pause);
    if (!(pauseMs > 0)) throw new Error('--pause is no time');
    return { values, filters, pauseMs };
  } catch {
    throw new StartError(USAGE);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(process.argv.slice(2)).then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
