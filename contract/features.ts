import {
  INSTALLED_FEATURES,
  mergeParts,
  type NamesIn,
  PRODUCT_FEATURES,
  refuseRepeatedNames,
} from '../features/installed';
import { findDeclarationFaults, findMissingFeatures } from './declarations/faults';
import { OAUTH_TABLES } from './tables/oauth-tables';
import { TABLES } from './tables/tables';

export { INSTALLED_FEATURES, PRODUCT_FEATURES, refuseRepeatedNames };

/** Problem codes of the features. */
export const FEATURE_PROBLEMS = mergeParts('problems');

export type FeatureProblemCode = NamesIn<'problems'>;

/** Tags of the features in the OpenAPI document, with their descriptions. */
export const FEATURE_TAGS = mergeParts('tags');

/** Settings of the features, by the name of their variable. */
export const FEATURE_SETTINGS = mergeParts('settings');

export type FeatureSettingName = NamesIn<'settings'>;

/** Tables of the features. */
export const FEATURE_TABLES = INSTALLED_FEATURES.flatMap(({ tables = [] }) => tables);

export type { ExampleCall, FeatureDeclaration, FeatureSetting } from '../features/installed';
export { findSettingFault } from './declarations/faults';

/** Tables that a feature cannot declare: its declaration takes them from the auth server. */
const OWN_TABLES = Object.values({ ...TABLES, ...OAUTH_TABLES }).map(({ name }) => name);
const FEATURE_NAMES = INSTALLED_FEATURES.map(({ name }) => name);
const FEATURE_ROUTES = INSTALLED_FEATURES.flatMap(({ routes = {} }) => Object.keys(routes));

refuseFaults();
refuseRepeatedNames('names', FEATURE_NAMES);
refuseRepeatedNames('routes', FEATURE_ROUTES);
refuseRepeatedNames('tables', [...OWN_TABLES, ...FEATURE_TABLES]);

/** @throws {Error} that names every fault of every declaration. Every process and command ends with it. */
function refuseFaults(): void {
  const roles = Object.keys(mergeParts('roles'));
  const faults = INSTALLED_FEATURES.flatMap((feature) => [
    ...findDeclarationFaults(feature, roles),
    ...findMissingFeatures(feature, FEATURE_NAMES),
  ]);
  if (faults.length > 0) throw new Error(`Features with faults: ${faults.join('; ')}.`);
}
