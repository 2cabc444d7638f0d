/**
 * Limits of one statement and of one request, in milliseconds. A caller waits at most five seconds
 * for an answer, so that each limit is below that. PostgreSQL's own limits end first: it then says
 * why, and keeps the connection.
 */
export const DATABASE_LIMITS = {
  /** The wait for a new connection or for a free one in the pool. */
  connect: 2_000,
  /** `lock_timeout` of PostgreSQL. */
  lock: 3_000,
  /** `statement_timeout` of PostgreSQL. */
  statement: 3_500,
  /** Until the answer to a statement arrives. */
  query: 4_000,
  /** From the begin of a request: no statement of it begins later, or is waited for. */
  request: 4_500,
  /** A transaction that has begun is ended also later: the least time of a statement. */
  least: 250,
  /** The wait for a connection and for the state behind a token, which is read by primary keys. */
  access: 2_000,
} as const;
