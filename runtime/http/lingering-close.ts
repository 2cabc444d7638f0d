import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client that still sends its body can read the answer. */
const LINGER_MS = 2_000;

const closing = new WeakSet<Socket>();

/**
 * After the answer, sends nothing more and reads on for a moment. A connection that is closed
 * while data arrives is reset, and the client can lose the answer (RFC 9112, section 9.6). The
 * answer has `Connection: close`: Node calls `destroySoon` at its end.
 */
export function closeLingering(request: IncomingMessage): void {
  const { socket } = request;
  closing.add(socket);
  socket.destroySoon = () => {
    socket.end();
    request.resume();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once('close', () => clearTimeout(timer));
  };
}

/** True: the request came after the last answer of its connection, and must not be executed. */
export function isAfterLast({ socket }: IncomingMessage): boolean {
  return closing.has(socket);
}
