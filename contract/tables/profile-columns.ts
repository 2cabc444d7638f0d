import { TABLES } from './tables';

const { columns } = TABLES.user;

const PROFILE_FIELDS = [
  'id',
  'email',
  'emailVerified',
  'name',
  'image',
  'role',
  'banned',
  'banReason',
  'banExpires',
  'createdAt',
  'updatedAt',
] as const;

/** The select list of the columns that a user's profile shows, under their field names. */
export function selectProfile(alias: string): string {
  return PROFILE_FIELDS.map((field) => `${alias}.${columns[field]} AS "${field}"`).join(', ');
}
