import type { BetterAuthPlugin } from 'better-auth';
import { requestContext, type RequestContext } from '../common/request-context';

export interface SessionRow {
  id: string;
  userId: string;
  impersonatedBy?: string | null;
  ipAddress?: string | null;
  userAgent?: string | null;
}

export type UserRow = { id: string } & Record<string, unknown>;

interface AccountRow {
  userId: string;
  providerId: string;
}

/** The rows that Better-Auth changed during one request. */
export interface Notes {
  sessionsBegun: SessionRow[];
  sessionsEnded: SessionRow[];
  usersMade: UserRow[];
  /** After the change. */
  usersChanged: UserRow[];
  /** The values that were set. */
  userChanges: Record<string, unknown>[];
  accountsMade: AccountRow[];
  accountsRemoved: AccountRow[];
  /** Links to set a password, and their users: used ones and expired ones. */
  passwordLinksRemoved: { identifier: string; userId: string }[];
}

const notesByRequest = new WeakMap<RequestContext, Notes>();

/**
 * @returns the notes of the current request, to be extended; outside of a request they are
 * discarded.
 */
function notes(): Notes {
  const context = requestContext.getStore();
  const found = context && notesByRequest.get(context);
  if (found) return found;
  const fresh = createNotes();
  if (context) notesByRequest.set(context, fresh);
  return fresh;
}

/** @returns the notes since the last call: no note is returned twice. */
export function takeNotes(): Notes {
  const taken = notes();
  const context = requestContext.getStore();
  if (context) notesByRequest.delete(context);
  return taken;
}

function createNotes(): Notes {
  return {
    sessionsBegun: [],
    sessionsEnded: [],
    usersMade: [],
    usersChanged: [],
    userChanges: [],
    accountsMade: [],
    accountsRemoved: [],
    passwordLinksRemoved: [],
  };
}

type Init = NonNullable<BetterAuthPlugin['init']>;
type InitResult = Exclude<ReturnType<Init>, Promise<unknown> | void>;
type DatabaseHooks = NonNullable<NonNullable<InitResult['options']>['databaseHooks']>;

/** The identifier under which Better-Auth stores a password link. */
export const PASSWORD_LINK = 'reset-password:';

/** Hooks that note changes and alter nothing. */
export const NOTING_HOOKS: DatabaseHooks = {
  session: {
    create: { after: take((row: SessionRow) => notes().sessionsBegun.push(row)) },
    delete: { after: take((row: SessionRow) => notes().sessionsEnded.push(row)) },
  },
  user: {
    create: { after: take((row: UserRow) => notes().usersMade.push(row)) },
    update: {
      before: take((data: Record<string, unknown>) => notes().userChanges.push(data)),
      after: take((row: UserRow | null) => row && notes().usersChanged.push(row)),
    },
  },
  account: {
    create: { after: take((row: AccountRow) => notes().accountsMade.push(row)) },
    delete: { after: take((row: AccountRow) => notes().accountsRemoved.push(row)) },
  },
  verification: {
    delete: {
      after: take(({ identifier, value: userId }: { identifier: string; value: string }) => {
        if (!identifier.startsWith(PASSWORD_LINK)) return;
        notes().passwordLinksRemoved.push({ identifier, userId });
      }),
    },
  },
};

function take<Row>(note: (row: Row) => unknown): (row: Row) => Promise<void> {
  return (row) => {
    note(row);
    return Promise.resolve();
  };
}
