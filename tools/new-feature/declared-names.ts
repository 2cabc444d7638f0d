import type { FeatureNames } from './render';
import {
  AUDIT_ACTIONS,
  AUDIT_SUBJECT_TYPES,
  FEATURE_TABLES,
  OAUTH_TABLES,
  SCOPES,
  TABLES,
} from '../../contract';
import { PROBLEM_CODES } from '../../src/common/problems/problem-codes';
import { TAGS } from '../../src/openapi/tags';

/**
 * Compares what a new feature declares with what Gatehouse and the installed features declare. With
 * a common name, every process and command would end after the files are written.
 *
 * @throws {Error} that names the first common name.
 */
export function refuseDeclaredNames({ plural, singular }: FeatureNames): void {
  const tables = Object.values({ ...TABLES, ...OAUTH_TABLES }).map(({ name }) => name);
  const tag = plural[0]!.toUpperCase() + plural.slice(1);
  const code = `too_many_${plural}`;
  const names: [name: string, isDeclared: boolean][] = [
    [`audit subject ${singular}`, AUDIT_SUBJECT_TYPES.some((subject) => subject === singular)],
    [`audit action ${singular}.…`, AUDIT_ACTIONS.some((name) => name.startsWith(`${singular}.`))],
    [`table ${singular}`, [...tables, ...FEATURE_TABLES].includes(singular)],
    [`scope ${plural}:…`, SCOPES.some((scope) => scope.startsWith(`${plural}:`))],
    [`tag ${tag}`, TAGS.some(([name]) => name === tag)],
    [`problem ${code}`, Object.hasOwn(PROBLEM_CODES, code)],
  ];
  const found = names.find(([, isDeclared]) => isDeclared);
  if (found) throw new Error(`the ${found[0]} is declared already: name the feature otherwise`);
}
