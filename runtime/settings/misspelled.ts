import type { Logger } from '../logger';
import { SETTING_DEFINITIONS } from './definitions';
import { readEnvFile } from './development';
import { FEATURE_SETTINGS } from '../../contract';

const SETTINGS = Object.keys({ ...SETTING_DEFINITIONS, ...FEATURE_SETTINGS });

/**
 * Warns of names in `.env` that differ little from the name of a setting: they have no effect. Other
 * names are allowed there, because other programs read the file too. No value is logged.
 */
export function warnOfMisspelledSettings(logger: Logger): void {
  const misspelled = findMisspelledSettings(Object.keys(readEnvFile()));
  if (misspelled.length === 0) return;
  const list = misspelled.map(({ name, nearest }) => `${name} (${nearest}?)`).join(', ');
  logger.warn(`.env sets names that are no settings: ${list}`);
}

/** @returns the names that are no settings, each with the setting that it resembles. */
export function findMisspelledSettings(names: readonly string[]) {
  return names
    .filter((name) => !SETTINGS.includes(name))
    .flatMap((name) => {
      const nearest = findNearest(name);
      return nearest === null ? [] : [{ name, nearest }];
    });
}

/** At most a quarter of the characters may differ. */
function findNearest(name: string): string | null {
  const written = name.toUpperCase().replaceAll('-', '_');
  const [nearest] = SETTINGS.map((setting) => ({ setting, edits: countEdits(written, setting) }))
    .filter(({ setting, edits }) => edits <= setting.length / 4)
    .toSorted((one, other) => one.edits - other.edits);
  return nearest?.setting ?? null;
}

/** Levenshtein distance: the characters to insert, delete or replace. */
function countEdits(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > to.length / 4) return Infinity;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 0; index < from.length; index += 1) {
    const next = [index + 1];
    for (let column = 0; column < to.length; column += 1) {
      const replaced = row[column]! + (from[index] === to[column] ? 0 : 1);
      next.push(Math.min(replaced, row[column + 1]! + 1, next[column]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
