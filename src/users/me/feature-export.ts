import type { EntityManager } from 'typeorm';
import { listFeatureApis } from '../../common/feature-api';

/** @returns what each feature holds about the user; `undefined` when none stores data about users. */
export async function exportFromFeatures(
  manager: EntityManager,
  userId: string,
): Promise<Record<string, unknown> | undefined> {
  const exported: Record<string, unknown> = {};
  for (const { name, exportUser } of listFeatureApis()) {
    if (exportUser) exported[name] = await exportUser(manager, userId);
  }
  return Object.keys(exported).length > 0 ? exported : undefined;
}
