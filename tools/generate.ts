import { readFile, writeFile } from 'node:fs/promises';
import { GENERATED_FILES } from './generated-files';

/**
 * `npm run generate` writes the generated files, `npm run generate -- --check` compares
 * them and fails when one is out of date. Runs in the root of the project.
 */
async function main(checkOnly: boolean): Promise<void> {
  const stale: string[] = [];
  for (const { file, content } of GENERATED_FILES) {
    const expected = await content();
    const actual = await readFile(file, 'utf8').catch(() => '');
    if (actual === expected) continue;
    stale.push(`${file}, from line ${firstDifference(actual, expected)}`);
    if (!checkOnly) await writeFile(file, expected);
  }
  report(stale, checkOnly);
}

function firstDifference(actual: string, expected: string): number {
  const lines = expected.split('\n');
  const different = actual.split('\n').findIndex((line, index) => line !== lines[index]);
  return different === -1 ? 1 : different + 1;
}

function report(stale: string[], checkOnly: boolean): void {
  if (stale.length === 0) return console.log('Generated files are up to date.');
  const list = stale.map((line) => `  ${line}`).join('\n');
  if (!checkOnly) return console.log(`Written:\n${list}`);
  console.error(`Out of date:\n${list}\nRun \`npm run generate\` and commit the result.`);
  process.exitCode = 1;
}

void main(process.argv.includes('--check'));
