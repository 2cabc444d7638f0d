import type { FeatureDeclaration } from './define-feature';
import { FEATURES } from './features';
import { HOUSE_FEATURES } from './house-features';

const INSTALLED = [...HOUSE_FEATURES, ...FEATURES] as const;

export type { ExampleCall, FeatureDeclaration, FeatureSetting } from './define-feature';

/** Every feature: those of Gatehouse, then those of the product. */
export const INSTALLED_FEATURES: readonly FeatureDeclaration[] = INSTALLED;

/** The features of the product alone. */
export const PRODUCT_FEATURES: readonly FeatureDeclaration[] = FEATURES;

type Installed = (typeof INSTALLED)[number];

/** The names in one part of all features, such as `scopes`. */
export type NamesIn<Part extends keyof FeatureDeclaration> = KeysOf<Installed, Part>;

type KeysOf<Feature, Part extends string> =
  Feature extends Record<Part, infer Names> ? Extract<keyof Names, string> : never;

/** The texts of one list of all features, such as `auditActions`. */
export type TextsIn<Part extends keyof FeatureDeclaration> = ItemsOf<Installed, Part>;

type ItemsOf<Feature, Part extends string> =
  Feature extends Record<Part, readonly (infer Item)[]> ? Extract<Item, string> : never;

type MergedPart = 'roles' | 'scopes' | 'problems' | 'tags' | 'settings';

type Merged<Part extends MergedPart> = Readonly<
  Record<NamesIn<Part>, NonNullable<FeatureDeclaration[Part]>[string]>
>;

/** One part of all features. @throws {Error} when two features declare the same name. */
export function mergeParts<Part extends MergedPart>(part: Part): Merged<Part> {
  const entries = INSTALLED_FEATURES.flatMap((feature) => Object.entries(feature[part] ?? {}));
  const names = entries.map(([name]) => name);
  refuseRepeatedNames(part, names);
  return Object.fromEntries(entries) as Merged<Part>;
}

/**
 * @param part where the names are from, such as `scopes`
 * @throws {Error} that names a name which appears twice. Every process and command ends with it.
 */
export function refuseRepeatedNames(part: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated === undefined) return;
  throw new Error(`${repeated} is declared twice in the ${part} of Gatehouse and its features`);
}
