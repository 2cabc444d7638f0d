import type { EntityManager } from 'typeorm';
import { type EventActor, recordAuditEvent } from './audit-trail';
import { BAN_FIELDS, USER_FIELDS_BY_ACTION } from '../../contract';
import { UserEntity } from '../database/entities/user.entity';

/** The columns that a change can have. The row of a user contains no credential. */
type Field = (typeof USER_FIELDS_BY_ACTION)[UpdateAction][number] | (typeof BAN_FIELDS)[number];
type UpdateAction = keyof typeof USER_FIELDS_BY_ACTION;

/** A user before and after a change, and the caller who makes it. */
export interface UserChange {
  actor: EventActor;
  before: UserEntity;
  after: UserEntity;
}

/** The user before a change of the row. */
export function copyUser(row: UserEntity): UserEntity {
  return Object.assign(new UserEntity(), row);
}

/** One event for each kind of change; no event without a difference. */
export async function recordUserChange(manager: EntityManager, change: UserChange): Promise<void> {
  const { actor, before, after } = change;
  const subject = { type: 'user', id: after.id } as const;
  for (const action of Object.keys(USER_FIELDS_BY_ACTION) as UpdateAction[]) {
    const fields = differing(change, USER_FIELDS_BY_ACTION[action]);
    if (fields.length === 0) continue;
    const parts = { before: pick(before, fields), after: pick(after, fields) };
    await recordAuditEvent(manager, { action, actor, subject, ...parts });
  }
  if (differing(change, BAN_FIELDS).length === 0) return;
  await recordAuditEvent(manager, {
    action: after.banned ? 'user.banned' : 'user.unbanned',
    actor,
    subject,
    before: pick(before, BAN_FIELDS),
    after: pick(after, BAN_FIELDS),
  });
}

function differing({ before, after }: UserChange, fields: readonly Field[]): Field[] {
  return fields.filter((field) => plain(before[field]) !== plain(after[field]));
}

function pick(row: UserEntity, fields: readonly Field[]): object {
  return Object.fromEntries(fields.map((field) => [field, row[field]]));
}

function plain(value: UserEntity[Field]): string | boolean | number | null {
  return value instanceof Date ? value.getTime() : value;
}
