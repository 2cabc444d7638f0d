/** Largest request body in bytes. */
export const BODY_LIMIT = 100_000;

/** A request that is not complete after this time is aborted, so that slow senders do not accumulate. */
export const REQUEST_LIMIT_MS = 30_000;

/**
 * A connection without any progress for this time is closed, also while a response is sent: a
 * client that does not read its response holds no memory.
 */
export const IDLE_LIMIT_MS = 15_000;
