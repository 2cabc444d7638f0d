import type { DataSource } from 'typeorm';
import {
  describeUnknownRoles,
  readRoles,
  ROLE_LIST,
} from '../runtime/database/check/role-constraint';
import { ROLES } from '../contract';
import { MigrationError } from './migration-error';

/**
 * Brings the check constraint of the users' roles in line with the list that the features
 * declare. It writes nothing when both are equal.
 *
 * @throws {MigrationError} when users have a role that no feature declares.
 */
export async function alignRoles(dataSource: DataSource): Promise<void> {
  const current = await readRoles((sql) => dataSource.query<unknown[]>(sql));
  const isEqual = current.length === ROLES.length && ROLES.every((role) => current.includes(role));
  if (isEqual) return;
  await dataSource.transaction(async (manager) => {
    // Without a lock on the table, a user could get a removed role between the two statements.
    await manager.query('LOCK TABLE "user" IN SHARE ROW EXCLUSIVE MODE');
    const unknown = await describeUnknownRoles((sql) => manager.query<unknown[]>(sql));
    if (unknown !== null) throw new MigrationError(`${unknown}. Give them another role first.`);
    await manager.query(`
      ALTER TABLE "user" DROP CONSTRAINT IF EXISTS "user_role_check",
        ADD CONSTRAINT "user_role_check" CHECK ("role" IN (${ROLE_LIST}))`);
  });
}
