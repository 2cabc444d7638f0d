import '../runtime/entry/node-version';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { explainStart } from './common/start-error';
import type { FirebaseParameters } from './password/firebase-hash';
import { exportUsers } from './user-transfer/export-users';
import { importUsers } from './user-transfer/import-users';
import type { LineFormat } from './user-transfer/user-line';
import { describeDatabase } from '../runtime/database/database-client';
import { DatabasePool } from '../runtime/database/database-pool';
import { startOrExplain } from '../runtime/lifecycle/lifecycle';
import { completeEnvironment, warnOfUnusedDirectUrl } from '../runtime/settings/development';
import { loadSettings } from '../runtime/settings/load';
import { StartError } from '../runtime/start-error';

const FORMATS: readonly LineFormat[] = ['gatehouse', 'firebase', 'auth0', 'keycloak'];
const USAGE = `Usage: npm run users:import -- <file> [--dry-run] [--format ${FORMATS.join('|')}] [--firebase <file>]
       npm run users:export -- <file>`;

/** `npm run users:import` and `npm run users:export`, with the login of the owner. */
startOrExplain(async () => {
  const { verb, file, values } = readArguments();
  const { databaseDirectUrl } = loadSettings(completeEnvironment(), 'migrate');
  warnOfUnusedDirectUrl(print);
  print(`The database is ${describeDatabase(databaseDirectUrl)}.`);
  const pool = new DatabasePool({ connectionString: databaseDirectUrl, max: 2, query_timeout: 0 });
  pool.on('error', () => {});
  try {
    if (verb === 'export') return print(`${await exportUsers(pool, file)} users exported`);
    const result = await importUsers(pool, {
      file,
      format: values.format as LineFormat,
      firebase: values.firebase === undefined ? undefined : readParameters(values.firebase),
      isDryRun: values['dry-run'],
      print,
    });
    if (result.failed > 0) process.exitCode = 1;
  } catch (error) {
    throw explainStart(error);
  } finally {
    await pool.end();
  }
});

function readArguments() {
  const options = {
    'dry-run': { type: 'boolean', default: false },
    format: { type: 'string', default: 'gatehouse' },
    firebase: { type: 'string' },
  } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [verb, file, ...more] = positionals;
    const isKnown = (FORMATS as readonly string[]).includes(values.format);
    if (file && more.length === 0 && isKnown) return { verb, file, values };
  } catch {
    // An unknown option.
  }
  throw new StartError(USAGE);
}

/** The JSON of the project's password hash parameters. */
function readParameters(file: string): FirebaseParameters {
  const given = readJson(file) as Record<string, unknown> | null;
  const { signerKey, saltSeparator, rounds, memCost } = given ?? {};
  const isComplete =
    typeof signerKey === 'string' &&
    typeof saltSeparator === 'string' &&
    typeof rounds === 'number' &&
    typeof memCost === 'number';
  if (isComplete) return { signerKey, saltSeparator, rounds, memCost };
  throw new StartError(`${file} must have signerKey, saltSeparator, rounds and memCost.`);
}

function readJson(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new StartError(`${file} is not JSON.`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
