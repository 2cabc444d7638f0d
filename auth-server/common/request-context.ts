import { AsyncLocalStorage } from 'node:async_hooks';

/** Who sends a request of the administration. */
export interface Administrator {
  sessionId: string;
  userId: string;
  token: string;
  /** The time of the database: `users/database-clock.ts`. */
  databaseTime: () => number;
}

/** The state of the current request, for all code that serves it. */
export interface RequestContext {
  requestId: string;
  /** The error with which the database did not read rows: {@link refuseUnread}. */
  unread?: Error;
  /** The database cannot store a value of the caller. */
  valueRefused?: boolean;
  /** The database refused the row of a user because another one has the e-mail address. */
  isEmailTaken?: boolean;
  /** A hook has replaced the answer of an endpoint that failed: the status of the hook's answer. */
  replacedStatus?: number;
  /** The network of the client, see `runtime/network/client-network.ts`. */
  network?: string;
  /** Whether the client has closed the connection before the answer. */
  hasGone(): boolean;
  /** `admission/admission.ts` */
  place?: RequestPlace;
  /** Until when the request waits for its provider: `federation/provider-limits.ts`. */
  providerDeadline?: number;
  /** What keeps the request from its end: its response, and each call of Better-Auth. */
  openParts: number;
  /** Runs when the last part has ended. */
  onEnd?: () => void;
  /** The outdated hash that a right password matched. */
  outdatedHash?: string;
  /** The passkey of the sign-in can be copied to other devices: `sessions/authentication-methods.ts`. */
  isPasskeySynchronized?: boolean;
  /** State of the database on which the request decides: `sessions/decision-basis.ts`. */
  basis?: string;
  /** The user for whom a session was to begin, also when it is refused: `sessions/decision-basis.ts`. */
  sessionUserId?: string;
  /** The stored TOTP secret, encrypted, before a code of it is checked. */
  factorSecret?: string;
  /** The code of a mailed link whose form the user has sent. */
  confirmedLink?: string;
  /** The values of each repeated parameter of a form: `oauth/requests/authorization-request.ts`. */
  repeatedParameters?: Map<string, string[]>;
  /** Who causes the mails of the request: `mail/mail-budgets.ts`. */
  mailSender?: { isAdministrator: boolean; isOwner?: boolean };
  /** Whose writes are checked again: `users/administrators-in-force.ts`. */
  administrator?: Administrator;
  /** The id of the client for which the API creates a user, likewise. */
  actingClient?: string;
  /** Why the database refused a write: an SQLSTATE of `DATABASE_REFUSALS`. */
  refusal?: string;
}

export interface RequestPlace {
  readonly kind: 'password' | 'other';
  readonly isHeld: boolean;
  /** For the rest of the request, which waits for nothing but time. */
  leave(): void;
  /** Work that waits for another service. @throws {BusyError} when there is no place afterwards. */
  whileLeft<T>(work: () => Promise<T>): Promise<T>;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

/** @returns whether the e-mail address was taken during this request, once. */
export function takeEmailConflict(): boolean {
  const context = requestContext.getStore();
  if (!context?.isEmailTaken) return false;
  context.isEmailTaken = false;
  return true;
}

/**
 * Better-Auth takes rows that it cannot read for missing ones, at some places. A failure of such a
 * place is noted here, and the request fails instead.
 */
export async function noteUnread<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const context = requestContext.getStore();
    if (context) context.unread = error as Error;
    throw error;
  }
}

/** @throws the error of rows that this request could not read, in place of its answer. */
export function refuseUnread(): void {
  const error = requestContext.getStore()?.unread;
  if (error) throw error;
}

/**
 * Work of the current request, which goes on when the client disconnects. A request needs its place
 * for this work only: its response can wait for others on the same connection.
 */
export async function asPartOfRequest<T>(work: () => Promise<T>): Promise<T> {
  const context = requestContext.getStore();
  if (context) context.openParts += 1;
  try {
    return await work();
  } finally {
    context?.place?.leave();
    if (context) endPart(context);
  }
}

export function endPart(context: RequestContext): void {
  context.openParts -= 1;
  if (context.openParts > 0) return;
  // Once: a part can begin after the client has closed the connection.
  const { onEnd } = context;
  context.onEnd = undefined;
  onEnd?.();
}
