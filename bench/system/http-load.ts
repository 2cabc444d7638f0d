import { connect, type Socket } from 'node:net';
import { Latencies } from './latencies';
import { responseLength, statusOf } from './raw-response';

export interface Load {
  host: string;
  port: number;
  /** Whole requests, sent in turn. */
  requests: readonly Buffer[];
  connections: number;
  milliseconds: number;
  /** Requests that are sent in any case, however long that takes. */
  atLeast?: number;
  /** The only status that counts as an answer. */
  status: number;
}

export interface LoadResult {
  answers: number;
  seconds: number;
  /** Microseconds. */
  p50: number;
  p99: number;
}

/**
 * Keeps connections busy for a time: each sends its next request when the last one is
 * answered. It reads no more of an answer than its status and its length, so that it uses
 * less of the host than any server that it measures.
 *
 * @throws when any answer has another status, or a connection fails.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const latencies = new Latencies();
  const began = performance.now();
  const run: Run = { load, latencies, next: 0, end: began + load.milliseconds };
  await Promise.all(Array.from({ length: load.connections }, () => keepBusy(run)));
  const seconds = (performance.now() - began) / 1_000;
  return {
    answers: latencies.count,
    seconds,
    p50: latencies.percentile(50),
    p99: latencies.percentile(99),
  };
}

interface Run {
  load: Load;
  latencies: Latencies;
  next: number;
  end: number;
}

function keepBusy(run: Run): Promise<void> {
  const { host, port } = run.load;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.once('connect', () => exchange(socket, { run, reject }));
  });
}

function exchange(
  socket: Socket,
  { run, reject }: { run: Run; reject: (error: Error) => void },
): void {
  let received: Buffer | null = null;
  let sent = 0;
  const send = () => {
    sent = performance.now();
    socket.write(run.load.requests[run.next++ % run.load.requests.length]!);
  };
  socket.on('data', (chunk: Buffer) => {
    received = received ? Buffer.concat([received, chunk]) : chunk;
    const length = responseLength(received);
    if (length === null || received.length < length) return;
    const now = performance.now();
    if (statusOf(received) !== run.load.status) {
      reject(new Error(`unexpected answer: ${received.toString('latin1', 0, 1_500)}`));
      socket.destroy();
      return;
    }
    received = null;
    run.latencies.add((now - sent) * 1_000);
    if (now < run.end || run.next < (run.load.atLeast ?? 0)) send();
    else socket.destroy();
  });
  send();
}
