import {
  INSTALLED_FEATURES,
  mergeParts,
  type NamesIn,
  PRODUCT_FEATURES,
} from '../features/installed';

export { INSTALLED_FEATURES, PRODUCT_FEATURES };

/** Problem codes of the features. */
export const FEATURE_PROBLEMS = mergeParts('problems');

export type FeatureProblemCode = NamesIn<'problems'>;

/** Tags of the features in the OpenAPI document, with their descriptions. */
export const FEATURE_TAGS = mergeParts('tags');

/** Tables of the features. */
export const FEATURE_TABLES = INSTALLED_FEATURES.flatMap(({ tables = [] }) => tables);

export type { ExampleCall } from '../features/installed';
