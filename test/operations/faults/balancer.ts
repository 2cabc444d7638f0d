import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const CHECK_PAUSE_MS = 200;
const CHECK_LIMIT_MS = 2_000;

/**
 * A TCP load balancer: new connections go in turn to the replicas that are ready. When none is
 * ready, they go to those that accept a connection.
 */
export class Balancer {
  private readonly ready = new Set<string>();
  private turn = 0;
  private isOpen = true;

  private constructor(
    private readonly server: Server,
    private readonly replicas: readonly string[],
  ) {
    server.on('connection', (near) => void this.join(near));
  }

  /** @param replicas the URLs of the replicas. */
  static async listen(port: number, replicas: readonly string[]): Promise<Balancer> {
    const server = createServer({ allowHalfOpen: true }).listen(port, 'localhost');
    await once(server, 'listening');
    const balancer = new Balancer(server, replicas);
    for (const replica of replicas) void balancer.watch(replica);
    return balancer;
  }

  close(): void {
    this.isOpen = false;
    this.server.close();
  }

  private async watch(replica: string): Promise<void> {
    while (this.isOpen) {
      const response = await fetch(`${replica}/health/ready`, {
        signal: AbortSignal.timeout(CHECK_LIMIT_MS),
      }).catch(() => null);
      await response?.arrayBuffer().catch(() => null);
      if (response?.ok) this.ready.add(replica);
      else this.ready.delete(replica);
      await sleep(CHECK_PAUSE_MS);
    }
  }

  private async join(near: Socket): Promise<void> {
    near.on('error', () => near.destroy());
    for (const replica of this.candidates()) {
      const far = await open(replica);
      if (far === null) continue;
      far.on('error', () => near.resetAndDestroy());
      near.on('error', () => far.resetAndDestroy());
      near.pipe(far).pipe(near);
      return;
    }
    near.resetAndDestroy();
  }

  /** The ready ones first, each time from another begin. */
  private candidates(): string[] {
    this.turn += 1;
    const inTurn = this.replicas.map(
      (_, index) => this.replicas[(index + this.turn) % this.replicas.length]!,
    );
    const isReady = (replica: string) => Number(this.ready.has(replica));
    return inTurn.toSorted((one, other) => isReady(other) - isReady(one));
  }
}

async function open(replica: string): Promise<Socket | null> {
  const socket = connect({
    host: 'localhost',
    port: Number(new URL(replica).port),
    allowHalfOpen: true,
  });
  try {
    await once(socket, 'connect');
    return socket;
  } catch {
    return null;
  }
}
