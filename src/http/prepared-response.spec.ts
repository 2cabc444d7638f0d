import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { prepareResponses } from './prepared-response';

const FIELDS = { 'x-first': 'one', 'cache-control': 'no-store' };

/** The header fields of one answer. */
async function fieldsOf(listener: RequestListener): Promise<[string, string][]> {
  const server = createServer({ ServerResponse: prepareResponses(FIELDS) }, listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  await response.arrayBuffer();
  server.close();
  server.closeAllConnections();
  return [...response.headers].filter(([name]) => /^x-|^cache-/.test(name));
}

describe('a prepared response', () => {
  it.each<[string, RequestListener]>([
    ['no field', (_request, response) => response.end()],
    ['an object', (_request, response) => response.writeHead(200, { 'x-own': '1' }).end()],
    ['a list', (_request, response) => response.writeHead(200, ['X-Own', '1']).end()],
    ['a field set before', (_request, response) => response.setHeader('X-Own', '1').end()],
    [
      'fields of both kinds',
      (_request, response) =>
        response.setHeader('X-Own', '1').writeHead(200, { 'x-two': '2' }).end(),
    ],
  ])('has the fixed fields once with %s', async (_what, listener) => {
    const fields = await fieldsOf(listener);
    for (const field of Object.entries(FIELDS)) {
      expect(fields.filter(([name]) => name === field[0])).toEqual([field]);
    }
  });

  it.each<[string, RequestListener]>([
    [
      'an object',
      (_request, response) => response.writeHead(200, { 'cache-control': 'public' }).end(),
    ],
    ['a list', (_request, response) => response.writeHead(200, ['Cache-Control', 'public']).end()],
    [
      'a field set before',
      (_request, response) => response.setHeader('Cache-Control', 'public').end(),
    ],
  ])('has the field of the answer alone when %s sets the same field', async (_what, listener) => {
    const fields = await fieldsOf(listener);
    expect(fields).toContainEqual(['cache-control', 'public']);
    expect(fields).toContainEqual(['x-first', 'one']);
  });
});
