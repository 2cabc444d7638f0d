import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { readBody } from './body-reader';
import { runInDatabaseScope, timeInScope } from '../database/database-scope';

const context = new AsyncLocalStorage<string>();
const HEAD = 'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n';

describe('the body of a request', () => {
  let server: Server;

  beforeAll(async () => {
    server = createServer((request, response) => {
      context.run('of the request', () =>
        readBody(10)(request, response, (error) => {
          const { body } = request as { body?: unknown };
          const { status } = (error ?? {}) as { status?: number };
          const given = Buffer.isBuffer(body) ? body.toString() : typeof body;
          response.end(JSON.stringify([context.getStore(), status ?? 'read', given]));
        }),
      );
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => server.close());

  async function answerTo(parts: string[]): Promise<unknown> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const answer = text(socket);
    for (const part of parts) {
      socket.write(part);
      await pause(20);
    }
    return JSON.parse((await answer).split('\r\n\r\n')[1]!);
  }

  it.each([
    ['that is complete', [`${HEAD}Content-Length: 5\r\n\r\nhello`], 'read', 'hello'],
    ['that arrives later', [`${HEAD}Content-Length: 5\r\n\r\n`, 'hel', 'lo'], 'read', 'hello'],
    ['that is missing', [`${HEAD}\r\n`], 'read', 'undefined'],
    ['over the limit', [`${HEAD}Content-Length: 11\r\n\r\n`], 413, 'undefined'],
    [
      'over the limit, in chunks',
      [`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, 'b\r\nhello world\r\n'],
      413,
      'undefined',
    ],
    [
      'with a content coding',
      [`${HEAD}Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello`],
      415,
      'undefined',
    ],
  ])('%s leads to the next step in the context of the request', async (_, parts, outcome, body) => {
    expect(await answerTo(parts)).toEqual(['of the request', outcome, body]);
  });

  it('that is read begins the time of the request', async () => {
    await runInDatabaseScope(async () => {
      await pause(200);
      const before = timeInScope();
      const request = Object.assign(Readable.from([Buffer.from('hello')]), {
        headers: { 'content-length': '5' },
      }) as unknown as IncomingMessage;
      const after = await new Promise((resolve) =>
        readBody(10)(request, null, () => resolve(timeInScope())),
      );
      expect(after).toBeLessThan(before);
    });
  });
});
