import { TABLES } from '../../contract';
import type { Query } from '../database/prepared-statements';

const { columns: user } = TABLES.user;
const { columns: session } = TABLES.session;

/** The shown columns of the user of a session; no row when the session has ended. */
const SELECT_USER = `
  SELECT u.${user.id} AS "id", u.${user.email} AS "email", u.${user.emailVerified} AS "emailVerified",
         u.${user.name} AS "name", u.${user.image} AS "image", u.${user.role} AS "role",
         u.${user.banned} AS "banned", u.${user.banReason} AS "banReason",
         u.${user.banExpires} AS "banExpires",
         u.${user.createdAt} AS "createdAt", u.${user.updatedAt} AS "updatedAt"
    FROM "${TABLES.session.name}" s
    JOIN "${TABLES.user.name}" u ON u.${user.id} = s.${session.userId}
   WHERE s.${session.id} = $1`;

export function userOfSession(sessionId: string): Query {
  return { name: 'user-of-session', text: SELECT_USER, values: [sessionId] };
}
