import { readdir, readFile } from 'node:fs/promises';
import { describeChange } from './compatibility/breaking-change';
import { compareDocuments } from './compatibility/documents';
import type { OpenApiDocument } from './compatibility/open-api';

const RELEASES = 'docs/api/released';
const CURRENT = 'openapi.json';
const DECLARED = 'docs/api/declared-breaking-changes.json';

/** A declared breaking change: the text of the check, and the reason. */
interface Declaration {
  change: string;
  reason: string;
}

/**
 * Compares the API's document with the last released one. Fails for a breaking change that is not
 * declared, and for a declaration without a change. Runs in the root of the project.
 */
async function main(): Promise<void> {
  const lastRelease = await findLastRelease();
  const [released, current] = [
    await read<OpenApiDocument>(lastRelease),
    await read<OpenApiDocument>(CURRENT),
  ];
  const found = new Set(compareDocuments(released, current).map(describeChange));
  const declared = await read<Declaration[]>(DECLARED);
  const known = new Set(declared.map(({ change }) => change));
  const undeclared = [...found].filter((change) => !known.has(change));
  const unfounded = declared.filter(({ change, reason }) => !found.has(change) || !reason.trim());
  report(`Breaking changes against ${lastRelease} that ${DECLARED} does not name`, undeclared);
  report(
    `In ${DECLARED}, but no such change or no reason`,
    unfounded.map(({ change }) => change),
  );
  if (!process.exitCode)
    console.log(`Compatible with ${lastRelease}; ${known.size} changes declared.`);
}

/** The highest version in the names of the files: 0.10.0 is after 0.9.0. */
async function findLastRelease(): Promise<string> {
  const files = await readdir(RELEASES);
  const [last] = files.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  if (last === undefined) throw new Error(`no document in ${RELEASES}`);
  return `${RELEASES}/${last}`;
}

async function read<Value>(file: string): Promise<Value> {
  return JSON.parse(await readFile(file, 'utf8')) as Value;
}

function report(title: string, lines: string[]): void {
  if (lines.length === 0) return;
  console.error(`${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  process.exitCode = 1;
}

void main();
