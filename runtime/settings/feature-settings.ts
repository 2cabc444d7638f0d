import { SETTING_DEFINITIONS } from './definitions';
import {
  FEATURE_SETTINGS,
  type FeatureSetting,
  type FeatureSettingName,
  findSettingFault,
  refuseRepeatedNames,
} from '../../contract';

refuseRepeatedNames('settings', [
  ...Object.keys(SETTING_DEFINITIONS),
  ...Object.keys(FEATURE_SETTINGS),
]);

/** The text of each setting; `null` where a variable is unset and has no default. */
export type FeatureSettings<Name extends string = FeatureSettingName> = Readonly<
  Record<Name, string | null>
>;

/**
 * Reads the settings that the features declare.
 *
 * @returns their values, and why each value that is refused is refused.
 */
export function readFeatureSettings<Name extends string = FeatureSettingName>(
  env: NodeJS.ProcessEnv,
  declared: Readonly<Record<Name, FeatureSetting>> = FEATURE_SETTINGS as never,
): { values: FeatureSettings<Name>; problems: { name: Name; message: string }[] } {
  const settings = Object.entries(declared) as [Name, FeatureSetting][];
  const values = settings.map(([name, setting]) => [name, env[name] || (setting.default ?? null)]);
  const problems = settings.flatMap(([name, { fault }]) => {
    const message = env[name] ? findSettingFault(env[name], fault) : null;
    return message === null ? [] : [{ name, message }];
  });
  return { values: Object.fromEntries(values) as FeatureSettings<Name>, problems };
}

/** For the process that uses them, in production. @returns a sentence for each value that is missing. */
export function findMissingSettings(
  values: Readonly<Record<string, string | null>>,
  declared: Readonly<Record<string, FeatureSetting>> = FEATURE_SETTINGS,
): { name: string; message: string }[] {
  return Object.entries(declared)
    .filter(([name, { requiredInProduction }]) => requiredInProduction && values[name] === null)
    .map(([name]) => ({ name, message: 'must be set in production' }));
}
