import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';
import { ENDED_BAN, KEEP_SESSIONS, TABLES } from '../../contract';
import { basisOfRequest, readBasis } from '../common/basis';
import { requestContext } from '../common/request-context';

/** Each request of the API and of pages uses these paths. They create no session. */
const READING_PATHS = ['/get-session', '/token', '/jwks', '/list-sessions', '/ok'];

const FIELD = {
  type: 'string',
  required: false,
  input: false,
  returned: false,
  fieldName: TABLES.session.columns.basis,
} as const;

const MODEL = { fields: { basis: FIELD } };

/**
 * Adds to each write of a credential or a session the state of the database on which it was
 * decided: the state before the endpoint read anything. PostgreSQL refuses the write when the
 * credentials have changed since (migrations/1795430000000-EndSessionsWithCredentials). This is
 * the first plugin with queries, so no hook reads before the snapshot.
 */
export function decisionBasis(pool: Pool) {
  return {
    id: 'decision-basis',
    schema: { user: MODEL, session: MODEL, account: MODEL, verification: MODEL },
    init: () => ({ options: { databaseHooks: DATABASE_HOOKS } }),
    hooks: {
      before: [
        {
          matcher: ({ path }) => !READING_PATHS.includes(path ?? ''),
          handler: createAuthMiddleware(() => takeBasis(pool)),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

async function takeBasis(pool: Pool): Promise<void> {
  const context = requestContext.getStore();
  if (!context || context.basis !== undefined) return;
  context.basis = await readBasis(pool);
}

const withBasis = () => Promise.resolve({ data: { basis: basisOfRequest() } });

/** The first hook of a new session: each one behind it can refuse the session. */
function beginSession({ userId }: { userId: string }) {
  const context = requestContext.getStore();
  if (context) context.sessionUserId = userId;
  return withBasis();
}

interface Endpoint {
  path?: string;
  body?: unknown;
}

/** A user who changes the password may keep the other sessions. */
function withBasisOfPassword(_account: object, endpoint?: Endpoint | null) {
  const basis = basisOfRequest();
  const { revokeOtherSessions } = (endpoint?.body ?? {}) as { revokeOtherSessions?: unknown };
  const keeps = endpoint?.path === '/change-password' && revokeOtherSessions !== true;
  return Promise.resolve({ data: { basis: keeps && basis ? `${basis}${KEEP_SESSIONS}` : basis } });
}

const LIFTING_PATHS = ['/admin/unban-user', '/admin/update-user'];

/** Administrators lift a ban. Each other change removes one that seemed to have ended. */
function withBasisOfBan({ banned }: Record<string, unknown>, endpoint?: Endpoint | null) {
  const basis = basisOfRequest();
  const removes = banned === false && !LIFTING_PATHS.includes(endpoint?.path ?? '');
  return Promise.resolve({ data: { basis: removes && basis ? `${basis}${ENDED_BAN}` : basis } });
}

const DATABASE_HOOKS = {
  session: { create: { before: beginSession } },
  verification: { create: { before: withBasis } },
  account: { create: { before: withBasis }, update: { before: withBasisOfPassword } },
  user: { update: { before: withBasisOfBan } },
};
