import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:inspector';
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { completeEnvironment } from '../../runtime/settings/development';

/**
 * `standby.ts <main> <list>`: loads the packages of a process, waits for {@link StartMessage} and runs
 * `<main>`. The packages are most of a start, and a change of the sources does not change them.
 */
export interface StartMessage {
  /** Where its debugger listens. */
  host: string;
  port: number;
}

const load = createRequire(__filename);
const [main, list] = process.argv.slice(2) as [string, string];

// Traces need packages that are loaded after the start of the tracing.
if (!completeEnvironment().OTEL_EXPORTER_OTLP_ENDPOINT) loadPackages();
process.once('message', ({ host, port }: StartMessage) => {
  // Until now it is named after this file.
  process.title = `node ${main}`;
  open(port, host);
  forgetSources();
  load(main);
  keepPackages();
});

/** In the order of the last start. A package that is gone is not loaded. */
function loadPackages(): void {
  for (const file of readPackages()) {
    try {
      load(file);
    } catch {
      // The start states the reason where the process needs it.
    }
  }
}

function readPackages(): string[] {
  try {
    return JSON.parse(readFileSync(list, 'utf8')) as string[];
  } catch {
    // The first start.
    return [];
  }
}

/** The sources that this file imports can have changed since. */
function forgetSources(): void {
  for (const file of Object.keys(load.cache)) if (!isOfPackage(file)) delete load.cache[file];
}

function keepPackages(): void {
  const files = Object.keys(load.cache).filter(isOfPackage);
  mkdirSync(dirname(list), { recursive: true });
  writeFileSync(list, JSON.stringify(files));
}

function isOfPackage(file: string): boolean {
  return file.includes(`${sep}node_modules${sep}`);
}
