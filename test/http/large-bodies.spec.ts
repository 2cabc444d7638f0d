import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { System } from '../support/system';

let system: System;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.stop());

type Process = 'auth server' | 'API';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Process, path, media type. */
const BODIES: [Process, string, string][] = [
  ['API', '/api/v1/auth/sign-in', JSON_TYPE],
  ['API', '/api/auth/sign-in/email', JSON_TYPE],
  ['auth server', '/api/auth/sign-in/email', JSON_TYPE],
  ['auth server', '/api/auth/oauth2/token', FORM_TYPE],
  ['auth server', '/sign-in', FORM_TYPE],
];

function open(process: Process): Socket {
  const url = process === 'API' ? system.apiUrl : system.settings.authUrl;
  return connect(Number(new URL(url).port), '127.0.0.1');
}

function head(process: Process, path: string, lines: string[]): string {
  const host = new URL(process === 'API' ? system.apiUrl : system.settings.authUrl).host;
  const same = ['sec-fetch-site: same-origin', `host: ${host}`];
  return [`POST ${path} HTTP/1.1`, ...same, ...lines, '', ''].join('\r\n');
}

/** The answer until the server ends it; the client goes on sending until then. */
async function readAnswer(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += (chunk as Buffer).toString();
  return text;
}

describe.each(BODIES)('a body over the limit: %s %s as %s', (process, path, type) => {
  it('is refused at its first byte when Content-Length tells its size', async () => {
    const socket = open(process);
    const lines = [`content-type: ${type}`, 'content-length: 50000000'];
    socket.write(`${head(process, path, lines)}{`);
    const answer = await readAnswer(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/^connection: close/im);
  });

  it('is refused at the limit when it has no Content-Length', async () => {
    const socket = open(process);
    const lines = [`content-type: ${type}`, 'transfer-encoding: chunked'];
    const chunk = 'x'.repeat(0x1_9000);
    socket.write(`${head(process, path, lines)}19000\r\n${chunk}\r\n`);
    const answer = await readAnswer(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('leaves the answer to a client that still sends, then the connection ends', async () => {
    const socket = open(process);
    socket.on('error', () => {});
    const lines = [`content-type: ${type}`, 'content-length: 50000000'];
    socket.write(head(process, path, lines));
    const block = Buffer.alloc(64_000, 'x');
    for (let sent = 0; sent < 20; sent += 1) {
      if (!socket.write(block)) await once(socket, 'drain');
    }
    expect(await readAnswer(socket)).toMatch(/^HTTP\/1\.1 413 /);
  });
});
