import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** PostgreSQL's message types, as of https://www.postgresql.org/docs/current/protocol-message-formats.html */
const QUERY = 'Q';
const PARSE = 'P';
const BIND = 'B';
const NOTIFICATION = 'A';
const READY = 'Z';

/** Which part is lost: the statement, or the answer to it. */
export type LostPart = 'statement' | 'answer';

/**
 * A proxy to PostgreSQL that parses the protocol: it records the statements, can break the
 * connection of one, and can drop notifications, like LISTEN behind a pooler in transaction mode.
 * Without TLS only.
 */
export class PostgresWire {
  /** Text of every statement that was run, in order; a prepared one counts each time. */
  readonly statements: string[] = [];
  /** Whether notifications are dropped. */
  losesNotifications = false;
  /** The connection breaks at the last of so many statements with this part; 0: none breaks. */
  private untilBreak = { count: 0, part: /(?:)/, lost: 'statement' as LostPart };
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  /** @param url of a database. */
  static async before(url: string): Promise<PostgresWire> {
    const { hostname: host, port } = new URL(url);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const wire = new PostgresWire(server);
    server.on('connection', (near) =>
      wire.join(near, connect({ host, port: Number(port || 5432) })),
    );
    return wire;
  }

  /** The URL of the same database through this proxy. */
  via(url: string): string {
    const address = new URL(url);
    address.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return address.href;
  }

  /**
   * Breaks the connection of the n-th statement from now: it does not reach the server, or the
   * server has run it and its answer is lost.
   *
   * @param part only statements that match it count.
   */
  breakAt(count: number, part = /(?:)/, lost: LostPart = 'statement'): void {
    this.untilBreak = { count, part, lost };
  }

  /** From now on no connection breaks. @returns whether one has broken. */
  endBreak(): boolean {
    const hasBroken = this.untilBreak.count === 0;
    this.untilBreak.count = 0;
    return hasBroken;
  }

  async close(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private join(near: Socket, far: Socket): void {
    const fromClient = new Messages({ startsUntyped: true });
    const fromServer = new Messages({ startsUntyped: false });
    const prepared = new Map<string, string>();
    let losesAnswer = false;
    near.on('data', (chunk) => {
      let breaks = false;
      for (const message of fromClient.take(chunk)) {
        const statement = textOf(message, prepared);
        if (statement === null) continue;
        this.statements.push(statement);
        breaks ||= this.reachesBreak(statement);
      }
      losesAnswer ||= breaks && this.untilBreak.lost === 'answer';
      if (breaks && !losesAnswer) near.destroy();
      else far.write(chunk);
    });
    far.on('data', (chunk) => {
      for (const message of fromServer.take(chunk)) {
        if (losesAnswer && message.type === READY) near.destroy();
        if (!losesAnswer && this.passes(message)) near.write(message.bytes);
      }
    });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay();
      socket.on('error', () => {});
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
  }

  private reachesBreak(statement: string): boolean {
    const { untilBreak } = this;
    if (untilBreak.count === 0 || !untilBreak.part.test(statement)) return false;
    untilBreak.count -= 1;
    return untilBreak.count === 0;
  }

  private passes({ type }: Message): boolean {
    return type !== NOTIFICATION || !this.losesNotifications;
  }
}

/**
 * @param prepared texts of the connection's prepared statements, by name.
 * @returns the statement that the message runs; `null`: none.
 */
function textOf({ type, bytes }: Message, prepared: Map<string, string>): string | null {
  if (type === QUERY) return textAt(bytes, 5);
  if (type === PARSE) prepared.set(textAt(bytes, 5), textAt(bytes, bytes.indexOf(0, 5) + 1));
  if (type !== BIND) return null;
  // The name of the portal comes before the name of the statement.
  return prepared.get(textAt(bytes, bytes.indexOf(0, 5) + 1)) ?? '';
}

/** The text that ends with the next zero byte. */
function textAt(bytes: Buffer, start: number): string {
  return bytes.toString('utf8', start, bytes.indexOf(0, start));
}

interface Message {
  type: string;
  bytes: Buffer;
}

/** Splits a stream of bytes into messages: a letter, a length that includes itself, the content. */
class Messages {
  private rest: Buffer = Buffer.alloc(0);
  private isUntyped: boolean;

  constructor({ startsUntyped }: { startsUntyped: boolean }) {
    this.isUntyped = startsUntyped;
  }

  take(chunk: Buffer): Message[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const found: Message[] = [];
    for (;;) {
      const typeLength = this.isUntyped ? 0 : 1;
      if (this.rest.length < typeLength + 4) return found;
      const length = typeLength + this.rest.readInt32BE(typeLength);
      if (this.rest.length < length) return found;
      const bytes = this.rest.subarray(0, length);
      found.push({ type: typeLength ? String.fromCharCode(bytes[0]!) : '', bytes });
      this.rest = this.rest.subarray(length);
      this.isUntyped = false;
    }
  }
}
