import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';

/** A response as received: not joined, not followed, not decoded. */
export interface RawAnswer {
  status: number;
  /** By lower-case name, every value that was sent. */
  headers: Record<string, string[] | undefined>;
  text: string;
}

export interface RawRequest {
  method?: string;
  /** Sent unchanged, with dots, double slashes and malformed escapes. */
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
  /** The source IP address of the connection: one of 127.0.0.0/8. */
  from?: string;
}

/** Sends a well-formed request with any path and headers, on a separate connection. */
export async function send(baseUrl: string, options: RawRequest): Promise<RawAnswer> {
  const { method = 'GET', path, headers = {}, body, from } = options;
  const { port } = new URL(baseUrl);
  const outgoing = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: {
      connection: 'close',
      ...(body !== undefined && !headers['transfer-encoding'] && lengthOf(body)),
      ...headers,
    },
    localAddress: from,
  });
  // Not as a text: Node.js would also write the headers in its encoding.
  outgoing.end(body === undefined ? body : Buffer.from(body));
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = await incoming.toArray();
  return {
    status: incoming.statusCode!,
    headers: incoming.headersDistinct,
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

/** Node omits the length for a method that rarely has a body. */
function lengthOf(body: string | Uint8Array) {
  return { 'content-length': String(Buffer.byteLength(body)) };
}

/**
 * Writes bytes to the server and reads until it closes the connection. A well-formed request must
 * ask for that.
 */
export async function exchange(baseUrl: string, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = connect(Number(new URL(baseUrl).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  // A server that refuses early closes during the write.
  socket.on('error', () => {});
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return parse(Buffer.concat(chunks).toString('utf8'));
}

function parse(answer: string): RawAnswer {
  const end = answer.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = answer.slice(0, end).split('\r\n');
  const headers: Record<string, string[]> = {};
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    (headers[name.toLowerCase()] ??= []).push(value);
  }
  return { status: Number(statusLine.split(' ')[1]), headers, text: answer.slice(end + 4) };
}
