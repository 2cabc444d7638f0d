import { AsyncLocalStorage } from 'node:async_hooks';

/** What belongs to the request at hand, wherever the code that serves it is. */
export interface RequestContext {
  requestId: string;
  /**
   * Better-Auth takes a session that it could not read for one that is not there; this
   * tells a lost database from a lost session.
   */
  databaseUnreachable: boolean;
  /** Set when the database could not take a value that the caller sent. */
  valueRefused?: boolean;
  /** Set when a hook has done what an endpoint failed at: the answer is the hook's. */
  mended?: boolean;
  /** Set when a password was right, but its hash is of an older make: that hash. */
  outdatedHash?: string;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();
