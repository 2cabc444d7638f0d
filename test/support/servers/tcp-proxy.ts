import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { reservePorts } from '../ports';

/**
 * A proxy to PostgreSQL or to another server with the faults of a network: refused (`cut`), silent (`blackHole`), slow
 * (`delay`). `restore` ends every fault.
 */
export class TcpProxy {
  private readonly links = new Set<Link>();
  private silent = false;
  private delayMs = 0;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
    private target: { host: string; port: number },
  ) {}

  /** @param url of a database, or of an HTTP server. */
  static async before(url: string): Promise<TcpProxy> {
    // Nothing else takes the port while the proxy is cut.
    const [port] = await reservePorts(1);
    const server = createServer({ allowHalfOpen: true }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new TcpProxy(server, port!, toTarget(url));
    server.on('connection', (near) => {
      proxy.join(near, connect({ ...proxy.target, allowHalfOpen: true }));
    });
    return proxy;
  }

  /** The same URL through this proxy. */
  via(url: string): string {
    const address = new URL(url);
    address.host = `127.0.0.1:${this.port}`;
    return address.href;
  }

  /** Currently open connections, on either side. */
  get connectionCount(): number {
    return this.links.size;
  }

  /** Later connections go to another server, as behind a load balancer. */
  moveTo(url: string): void {
    this.target = toTarget(url);
  }

  /** Resets every connection and refuses new ones, as when the server has stopped. */
  async cut(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    for (const link of this.links) link.reset();
    await once(this.server, 'close');
  }

  /**
   * Transfers nothing more, neither bytes nor the end of a connection: connections stay open, and
   * new ones are accepted without a response.
   */
  blackHole(): void {
    this.silent = true;
    for (const link of this.links) link.hold();
  }

  /** From now on every byte arrives this much later, in both directions. */
  delay(milliseconds: number): void {
    this.delayMs = milliseconds;
  }

  /**
   * Transfers everything again, including held bytes. @param giveUpOld keeps connections of the
   * black hole silent, as when another host has replaced the server.
   */
  async restore({ giveUpOld = false } = {}): Promise<void> {
    this.delayMs = 0;
    this.silent = false;
    if (!giveUpOld) for (const link of this.links) link.release();
    if (this.server.listening) return;
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  private join(near: Socket, far: Socket): void {
    const link = new Link(near, far, () => this.delayMs);
    if (this.silent) link.hold();
    this.links.add(link);
    void link.ended.then(() => this.links.delete(link));
  }
}

function toTarget(url: string): { host: string; port: number } {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port || 5432) };
}

/** One connection from the client (`near`) to the server (`far`). */
class Link {
  readonly ended: Promise<unknown>;
  private passing: Promise<void> = Promise.resolve();
  release = () => {};

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    private readonly delayMs: () => number,
  ) {
    this.ended = Promise.all([this.pass(near, far), this.pass(far, near)]);
  }

  hold(): void {
    this.release();
    this.passing = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  reset(): void {
    this.near.resetAndDestroy();
    this.far.resetAndDestroy();
  }

  /** Transfers the events of one end to the other, in order. */
  private pass(from: Socket, to: Socket): Promise<void> {
    let order: Promise<unknown> = Promise.resolve();
    const inOrder = (act: () => void) => {
      const due = performance.now() + this.delayMs();
      order = order.then(async () => {
        const wait = due - performance.now();
        if (wait > 0) await pause(wait);
        await this.passing;
        act();
      });
    };
    from.on('data', (chunk) => inOrder(() => to.write(chunk)));
    from.on('end', () => inOrder(() => to.end()));
    from.on('error', () => inOrder(() => to.resetAndDestroy()));
    return new Promise((resolve) => {
      from.on('close', () => {
        inOrder(() => to.destroySoon());
        resolve();
      });
    });
  }
}
