import { STOP_GRACE_MS } from '../../runtime/lifecycle/http-stop';

/**
 * Options of the connections to the auth server. An auth server that stops announces the end of a
 * connection in its next answer, and closes the others after the grace time. Idle connections are
 * closed here before that: a request on a connection that the server closes at the same moment would
 * fail, and a POST is not repeated.
 */
export const KEPT_CONNECTIONS = { keepAliveMaxTimeout: STOP_GRACE_MS / 2 } as const;
