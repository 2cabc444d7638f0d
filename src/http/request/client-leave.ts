import type { Socket } from 'node:net';
import { isAnswerKept } from '../../common/work-record';

const leaves = new WeakMap<Socket, AbortSignal>();

/** Aborted when the client closes the connection. The requests of a connection share it. */
export function leaveOf(socket: Socket): AbortSignal {
  const known = leaves.get(socket);
  if (known) return known;
  const leave = new AbortController();
  if (socket.destroyed) leave.abort();
  else socket.once('close', () => leave.abort());
  leaves.set(socket, leave.signal);
  return leave.signal;
}

/**
 * Work for a client, with a signal that ends it after the time limit, and when the client has left.
 * With an `Idempotency-Key` the work goes on then, because a repeat of the request gets its answer.
 */
export async function whileClientWaits<T>(
  { left, limitMs }: { left: AbortSignal; limitMs: number },
  work: (end: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(end, limitMs);
  if (!isAnswerKept()) {
    if (left.aborted) end();
    left.addEventListener('abort', end);
  }
  try {
    return await work(ending.signal);
  } finally {
    clearTimeout(timer);
    left.removeEventListener('abort', end);
  }
}
