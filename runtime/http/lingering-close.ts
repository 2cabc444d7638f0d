import type { IncomingMessage } from 'node:http';

/** How long a client that still sends its body can read the answer. */
const LINGER_MS = 2_000;

/**
 * After the answer, sends nothing more and reads on for a moment. A connection that is closed
 * while data arrives is reset, and the client can lose the answer (RFC 9112, section 9.6). The
 * answer has `Connection: close`: Node calls `destroySoon` at its end.
 */
export function closeLingering(request: IncomingMessage): void {
  const { socket } = request;
  socket.destroySoon = () => {
    socket.end();
    request.resume();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once('close', () => clearTimeout(timer));
  };
}
