import { selectProfile, TABLES } from '../../contract';
import type { Query } from '../database/prepared-statements';

const { columns: user } = TABLES.user;
const { columns: session } = TABLES.session;

/** The shown columns of the user of a session; no row when the session has ended. */
const SELECT_USER = `
  SELECT ${selectProfile('u')}
    FROM "${TABLES.session.name}" s
    JOIN "${TABLES.user.name}" u ON u.${user.id} = s.${session.userId}
   WHERE s.${session.id} = $1`;

export function userOfSession(sessionId: string): Query {
  return { name: 'user-of-session', text: SELECT_USER, values: [sessionId] };
}
