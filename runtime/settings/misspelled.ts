import type { Logger } from '../logger';
import { SETTING_DEFINITIONS } from './definitions';
import { readEnvFile } from './development';
import { findNearestName } from './nearest-name';
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
      const nearest = findNearestName(name.toUpperCase().replaceAll('-', '_'), SETTINGS);
      return nearest === null ? [] : [{ name, nearest }];
    });
}
