import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { format, resolveConfig } from 'prettier';

/** A file of a new feature. */
export interface FeatureFile {
  /** Path from the root of the project. */
  file: string;
  content: string;
}

/** The names that a feature is made from, such as `notes` and `note`. */
export interface FeatureNames {
  plural: string;
  singular: string;
  /** Milliseconds since 1970: the number of its migration. */
  timestamp: number;
}

/** The template is the feature "notes". */
const TEMPLATE = 'tools/new-feature/template';

const LIST = 'features/features.ts';

const NAME = /^[a-z]{3,30}$/;

/** Names that Gatehouse uses itself for folders, routes, tables, operations or schemas. */
const TAKEN = new Set(
  [
    'account accounts admin audit auth ban client clients entrance grant house jwks key keys',
    'liveness me migrations passkey passkeys problem profile readiness refresh resource role',
    'session sessions statistics tokens user users verification',
  ].flatMap((line) => line.split(' ')),
);

/** Names that the files of the feature import or declare, beside those of the feature. */
const IN_ITS_CODE = new Set(
  [
    'actor body carl controller cursors endpoint expect get idempotent inject injectable param patch',
    'post promise query res settings system write',
  ].flatMap((line) => line.split(' ')),
);

const USAGE = 'usage: npm run new:feature -- <plural> [<singular>]';

/**
 * Reads the names of a feature from the command line.
 *
 * @throws when a name is no plain lower-case word, is a reserved word, or is taken.
 */
export function parseNames(arguments_: readonly string[]): FeatureNames {
  const [plural = '', singular = plural.replace(/ies$/, 'y').replace(/s$/, '')] = arguments_;
  if (plural === '' || plural.startsWith('-') || arguments_.length > 2) throw new Error(USAGE);
  for (const name of [plural, singular]) {
    if (!NAME.test(name)) {
      throw new Error(`${JSON.stringify(name)} is not a word of 3 to 30 lower-case letters`);
    }
    if (!isVariable(name)) throw new Error(`${name} is a reserved word of JavaScript`);
    if (TAKEN.has(name)) throw new Error(`Gatehouse uses the name ${name} itself`);
    if (IN_ITS_CODE.has(name)) {
      const other = name === plural ? '<plural> <singular>' : `${plural} <singular>`;
      throw new Error(
        `the code of a feature uses the name ${name} itself; name another: npm run new:feature -- ${other}`,
      );
    }
  }
  if (plural === singular) {
    throw new Error(
      `name the plural and the singular: npm run new:feature -- ${plural} <singular>`,
    );
  }
  return { plural, singular, timestamp: Date.now() };
}

/** The code of the feature has variables of this name. */
function isVariable(word: string): boolean {
  try {
    // Parsed, not run.
    return Boolean(new Script(`'use strict'; async () => { let ${word}; };`));
  } catch {
    return false;
  }
}

/** @returns the files of a feature, in the order of their names, formatted. */
export async function renderFeature(names: FeatureNames): Promise<FeatureFile[]> {
  const templates = readdirSync(TEMPLATE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.txt'))
    .sort();
  return Promise.all(templates.map((template) => renderFile(template, names)));
}

async function renderFile(template: string, names: FeatureNames): Promise<FeatureFile> {
  const text = readFileSync(join(TEMPLATE, template), 'utf8');
  const file = `features/${names.plural}/${rename(template, names).replace(/\.txt$/, '')}`;
  const options = await resolveConfig(file);
  return { file, content: await format(rename(text, names), { ...options, filepath: file }) };
}

function rename(text: string, { plural, singular, timestamp }: FeatureNames): string {
  const names: Record<string, string> = {
    notes: plural,
    Notes: capitalized(plural),
    NOTES: plural.toUpperCase(),
    note: singular,
    Note: capitalized(singular),
  };
  return text
    .replaceAll('TIMESTAMP', String(timestamp))
    .replaceAll(/notes|Notes|NOTES|note|Note/g, (found) => names[found]!);
}

function capitalized(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}

/** @returns the list of features with one more. @throws when the list is not as expected. */
export async function installFeature(
  { plural }: FeatureNames,
  list = readFileSync(LIST, 'utf8'),
): Promise<FeatureFile> {
  const added = list
    .replace('\n\n', `\nimport { ${plural} } from './${plural}/${plural}.feature';\n\n`)
    // On a line of its own: the last line can be a comment.
    .replace(/(FEATURES = \[[^\]]*?)\s*\]/, (_all, features: string) =>
      [features, /(?:^|\n)[^\n/]*\w$/.test(features) ? ',' : '', `\n${plural}]`].join(''),
    );
  if (!added.includes(`${plural}]`)) throw new Error(`${LIST} has no list of features`);
  const options = await resolveConfig(LIST);
  return { file: LIST, content: await format(added, { ...options, filepath: LIST }) };
}
