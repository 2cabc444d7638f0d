import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How long an idle connection is kept, in milliseconds: longer than the 60 s of the usual load
 * balancers. The load balancer closes it first, so no request meets a closed connection.
 */
const KEEP_ALIVE_MS = 75_000;

/**
 * The time in which clients can use a kept connection again; the answer then closes it. A client
 * that closes its idle connections earlier sends no request on a connection that the server closes.
 */
export const STOP_GRACE_MS = 1_000;

/** After this time the connections of unanswered requests are closed. */
const DRAIN_LIMIT_MS = 5_000;

const CHECK_INTERVAL_MS = 25;

/** Longest duration of {@link HttpStop.finish} after the pause, in milliseconds. */
const STOP_DURATION_MS = STOP_GRACE_MS + DRAIN_LIMIT_MS;

/** Longest duration of a stop without its pause, in milliseconds. Then the process ends. */
export const STOP_LIMIT_MS = STOP_DURATION_MS + 3_000;

let isStopping = false;

const stopListeners = new Set<() => void>();

/** Whether this process stops: it is not ready from then on, but still answers. */
export function isProcessStopping(): boolean {
  return isStopping;
}

/**
 * Calls back when this process begins to stop: for answers without an end.
 *
 * @returns a function that removes the listener.
 */
export function onProcessStop(listener: () => void): () => void {
  stopListeners.add(listener);
  return () => stopListeners.delete(listener);
}

/** Stops one HTTP server so that each client gets its answer. */
export class HttpStop {
  private readonly open = new Set<ServerResponse>();
  private hasBegun = false;

  constructor(private readonly server: Server) {
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      if (this.hasBegun) response.shouldKeepAlive = false;
      this.open.add(response);
      response.once('close', () => this.open.delete(response));
    });
  }

  /**
   * Readiness answers 503 and every answer has `Connection: close`. The server still answers
   * during the pause, in which a load balancer notices the stop, and until kept connections were
   * used once more.
   */
  async begin(pauseMs: number): Promise<void> {
    isStopping = true;
    for (const listener of stopListeners) listener();
    this.hasBegun = true;
    for (const response of this.open) response.shouldKeepAlive = false;
    await sleep(pauseMs);
    const end = performance.now() + STOP_GRACE_MS;
    while (performance.now() < end && (await this.countConnections()) > 0) {
      await sleep(CHECK_INTERVAL_MS);
    }
  }

  /**
   * Runs `close`, which accepts no more connections, while the open requests are answered. Also
   * connections that are accepted late do not outlast the limit: `close` may begin with other work.
   */
  async finish(close: () => Promise<void>): Promise<void> {
    const limit = performance.now() + DRAIN_LIMIT_MS;
    const closing = setInterval(() => {
      if (performance.now() < limit) this.server.closeIdleConnections();
      else this.server.closeAllConnections();
    }, CHECK_INTERVAL_MS);
    try {
      await close();
    } finally {
      clearInterval(closing);
    }
  }

  private countConnections(): Promise<number> {
    return new Promise((resolve) => {
      this.server.getConnections((error, count) => resolve(error ? 0 : count));
    });
  }
}
