import { administration } from './administration.feature';
import type { FeatureDeclaration } from './define-feature';

/** The features of Gatehouse itself. They use the same mechanism as the features of a product. */
export const HOUSE_FEATURES = [administration] as const satisfies readonly FeatureDeclaration[];
