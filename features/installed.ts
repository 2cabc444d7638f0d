import type { FeatureDeclaration } from './define-feature';
import { FEATURES } from './features';
import { HOUSE_FEATURES } from './house-features';

const INSTALLED = [...HOUSE_FEATURES, ...FEATURES] as const;

export type { ExampleCall } from './define-feature';

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

type MergedPart = 'roles' | 'scopes' | 'problems' | 'tags';

type Merged<Part extends MergedPart> = Readonly<
  Record<NamesIn<Part>, NonNullable<FeatureDeclaration[Part]>[string]>
>;

/** One part of all features. @throws when two features declare the same name. */
export function mergeParts<Part extends MergedPart>(part: Part): Merged<Part> {
  const merged: Record<string, unknown> = {};
  for (const feature of INSTALLED_FEATURES) {
    for (const [name, value] of Object.entries(feature[part] ?? {})) {
      if (Object.hasOwn(merged, name)) throw new Error(`two features declare ${name}`);
      merged[name] = value;
    }
  }
  return merged as Merged<Part>;
}
