import { AsyncLocalStorage } from 'node:async_hooks';
import { hasSeenOutage } from '../../runtime/database/database-scope';

/** Who sends a request of the administration. */
export interface Administrator {
  sessionId: string;
  userId: string;
  token: string;
}

/** The state of the current request, for all code that serves it. */
export interface RequestContext {
  requestId: string;
  /**
   * Better-Auth treats a session that it cannot read as a missing one. This flag tells an
   * unavailable database from a missing session.
   */
  databaseUnreachable: boolean;
  /** The database cannot store a value of the caller. */
  valueRefused?: boolean;
  /** The database refused the row of a user because another one has the e-mail address. */
  isEmailTaken?: boolean;
  /** A hook has completed the work of an endpoint that failed: the answer is the hook's. */
  isAnswerReplaced?: boolean;
  /** The network of the client, see `runtime/network/client-network.ts`. */
  network?: string;
  /** The account that the request names where a password is hashed: `password/password-admission.ts`. */
  passwordOwner?: string;
  /** Runs when the request has ended. */
  onEnd?: () => void;
  /** The outdated hash that a right password matched. */
  outdatedHash?: string;
  /** The passkey of the sign-in can be copied to other devices: `sessions/authentication-methods.ts`. */
  isPasskeySynchronized?: boolean;
  /** State of the database on which the request decides: `sessions/decision-basis.ts`. */
  basis?: string;
  /** The code of a mailed link whose form the user has sent. */
  confirmedLink?: string;
  /** Who causes the mails of the request: `mail/mail-budgets.ts`. */
  mailSender?: { isAdministrator: boolean };
  /** Whose writes are checked again: `users/administrators-in-force.ts`. */
  administrator?: Administrator;
  /** Why the database refused a write: an SQLSTATE of `DATABASE_REFUSALS`. */
  refusal?: string;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

/** Whether the database was unavailable while Better-Auth worked on an answer with this status. */
export function isDatabaseOutage(status: number): boolean {
  if (status >= 400 && requestContext.getStore()?.databaseUnreachable) return true;
  return status >= 500 && hasSeenOutage();
}
