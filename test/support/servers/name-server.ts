import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Length of the header of a message (RFC 1035, section 4.1.1). */
const HEADER = 12;
const TYPES = { a: 1, aaaa: 28 };

/** A name server with the addresses of a test. It does not answer questions about other names. */
export class NameServer {
  private constructor(
    private readonly socket: Socket,
    private readonly addresses: Record<string, string[]>,
  ) {}

  static async start(addresses: Record<string, string[]>): Promise<NameServer> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    const server = new NameServer(socket, addresses);
    socket.on('message', (query, { port, address }) => {
      const answer = server.answerTo(query);
      if (answer) socket.send(answer, port, address);
    });
    await once(socket, 'listening');
    return server;
  }

  /** As `Resolver.setServers` takes it. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async stop(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }

  private answerTo(query: Buffer): Buffer | null {
    const labels: string[] = [];
    let end = HEADER;
    for (let length = query[end]!; length > 0; length = query[end]!) {
      labels.push(query.toString('latin1', end + 1, end + 1 + length));
      end += 1 + length;
    }
    const all = this.addresses[labels.join('.')];
    if (!all) return null;
    const type = query.readUInt16BE(end + 1);
    const found = all.filter((text) => type === (isIPv4(text) ? TYPES.a : TYPES.aaaa));
    const header = Buffer.from(query.subarray(0, HEADER));
    // An answer, without an error; one question, and no other sections.
    for (const [index, value] of [0x8180, 1, found.length, 0, 0].entries()) {
      header.writeUInt16BE(value, 2 + index * 2);
    }
    const question = query.subarray(HEADER, end + 5);
    return Buffer.concat([header, question, ...found.map((text) => toRecord(type, text))]);
  }
}

/** The name is that of the question. It may be kept for no time. */
function toRecord(type: number, text: string): Buffer {
  const address = ipaddr.parse(text).toByteArray();
  return Buffer.from([0xc0, HEADER, 0, type, 0, 1, 0, 0, 0, 0, 0, address.length, ...address]);
}
