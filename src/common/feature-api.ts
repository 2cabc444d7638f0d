import type { Type } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { INSTALLED_FEATURES } from '../../contract';

/** The part of a feature that only the API loads. */
export interface FeatureApi {
  /** Its controllers and services. */
  module: Type;
  /**
   * Rows of its tables. A table that refers to a user needs `exportUser` and `onDelete`: the start
   * checks foreign keys, relations and columns `…user_id`.
   */
  entities?: readonly Type[];
  /** @returns what the feature holds about a user, as JSON: a part of the user's export. */
  exportUser?: (manager: EntityManager, userId: string) => Promise<unknown>;
}

/** A feature's part of the API with the name of the feature. */
export interface NamedFeatureApi extends FeatureApi {
  name: string;
}

/** @returns the API's part of a feature; `null` when it has none. */
export function toFeatureApi({ api }: { api?: () => object }): FeatureApi | null {
  return api ? (api() as FeatureApi) : null;
}

/** The API's parts of all features, in their order. Call it when the application is assembled. */
export function listFeatureApis(): NamedFeatureApi[] {
  return INSTALLED_FEATURES.flatMap((feature) => {
    const api = toFeatureApi(feature);
    return api ? [{ name: feature.name, ...api }] : [];
  });
}
