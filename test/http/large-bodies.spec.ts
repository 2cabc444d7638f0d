import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { System } from '../support/system';

let system: System;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.stop());

/** A body before it may have no line break. */
const STATUS_LINE = /HTTP\/1\.1 \d+/g;

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

it.each<Process>(['API', 'auth server'])(
  '%s: a request after a body over the limit is not executed',
  async (process) => {
    const path = process === 'API' ? '/api/v1/auth/sign-up' : '/api/auth/sign-up/email';
    const email = `after-${process === 'API' ? 'api' : 'auth'}@example.com`;
    const next = JSON.stringify({ email, name: 'After', password: 'correct horse battery staple' });
    const type = `content-type: ${JSON_TYPE}`;
    const socket = open(process);
    socket.on('error', () => {});
    const answer = readAnswer(socket);
    const chunk = 'x'.repeat(0x1_9000);
    const first = head(process, path, [type, 'transfer-encoding: chunked']);
    const second = head(process, path, [type, `content-length: ${next.length}`]) + next;
    socket.write(`${first}19000\r\n${chunk}\r\n0\r\n\r\n${second}`);
    await once(socket, 'readable');
    socket.write(second);
    expect((await answer).match(STATUS_LINE)).toEqual(['HTTP/1.1 413']);
    const users = await system.query('SELECT FROM "user" WHERE email = $1', [email]);
    expect(users).toEqual([]);
  },
);

it('the API reads the next request after a body that it refused without reading it', async () => {
  const socket = open('API');
  const body = 'x'.repeat(90_000);
  const lines = [`content-type: ${JSON_TYPE}`, `content-length: ${body.length}`];
  const answer = readAnswer(socket);
  socket.write(head('API', '/api/auth/%2e%2e/x', lines) + body);
  socket.write(head('API', '/api/auth/ok', ['connection: close', 'content-length: 0']));
  expect((await answer).match(STATUS_LINE)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 405']);
});
