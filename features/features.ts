import type { FeatureDeclaration } from './define-feature';

/**
 * The features of your product. This file is yours: releases do not change it. Each feature is a
 * folder beside this file, and one line here installs it (docs/guides/first-feature.md).
 */
export const FEATURES = [] satisfies FeatureDeclaration[];
