import { readFile, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import type { FeatureDeclaration } from '../features/define-feature';
import { FEATURES } from '../features/features';
import type { GeneratedFile } from './generated-files';

/** Runs this file a second time, with the features of the product. */
const WITH_FEATURES = '--features';

/**
 * `npm run generate` writes the generated files, `npm run generate -- --check` compares
 * them and fails when one is out of date. Runs in the root of the project.
 *
 * The documents of Gatehouse do not contain the features of the product, so that a release and a
 * feature never change the same file. Each feature has a document of its own.
 */
async function main(checkOnly: boolean): Promise<void> {
  const faults = process.argv.includes(WITH_FEATURES) ? await findFaults() : [];
  if (faults.length > 0) return refuse(faults);
  const stale: string[] = [];
  for (const { file, content } of await listFiles()) {
    const expected = await content();
    const actual = await readFile(file, 'utf8').catch(() => '');
    if (actual === expected) continue;
    stale.push(`${file}, from line ${firstDifference(actual, expected)}`);
    if (!checkOnly) await writeFile(file, expected);
  }
  report(stale, checkOnly);
  if (!checkOnly && stale.length > 0) buildAgain();
}

/** A document is a source of the build: without this, the next command names an outdated build. */
function buildAgain(): void {
  const { status } = spawnSync(process.execPath, ['launcher/build.mjs'], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

/** Takes the features of the product away before any code has read the list. */
async function listFiles(): Promise<readonly GeneratedFile[]> {
  if (process.argv.includes(WITH_FEATURES)) {
    const { listFeatureDocuments } = await import('./feature-documents.js');
    return listFeatureDocuments();
  }
  const features: FeatureDeclaration[] = FEATURES;
  // Later than the documents of Gatehouse, with which the second run compares.
  if (features.splice(0).length > 0) process.once('beforeExit', generateForFeatures);
  return (await import('./generated-files.js')).GENERATED_FILES;
}

async function findFaults(): Promise<string[]> {
  return (await import('./feature-documents.js')).listFeatureFaults();
}

function refuse(faults: string[]): void {
  console.error(`Features with faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  process.exitCode = 1;
}

function generateForFeatures(): void {
  const program = [__filename, WITH_FEATURES, ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, program, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

function firstDifference(actual: string, expected: string): number {
  const lines = expected.split('\n');
  const different = actual.split('\n').findIndex((line, index) => line !== lines[index]);
  return different === -1 ? 1 : different + 1;
}

function report(stale: string[], checkOnly: boolean): void {
  const owner = process.argv.includes(WITH_FEATURES) ? 'of the features ' : '';
  if (stale.length === 0) return console.log(`Generated files ${owner}are up to date.`);
  const list = stale.map((line) => `  ${line}`).join('\n');
  if (!checkOnly) return console.log(`Written:\n${list}`);
  console.error(`Out of date:\n${list}\nRun \`npm run generate\` and commit the result.`);
  process.exitCode = 1;
}

void main(process.argv.includes('--check'));
