import type { ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';
import { KeySetBench, until } from './key-set-bench';
import { sayJson } from '../support/servers/jwks-server';

const bench = new KeySetBench();

/** Some answers do not end. */
const SHORT = { timeoutMs: 400 };

function sayText(text: string | Buffer, status = 200, headers = {}) {
  return (response: ServerResponse) => response.writeHead(status, headers).end(text);
}

/** As much as the other side accepts, up to 100 MB. */
function pour(response: ServerResponse, into = response as NodeJS.WritableStream): void {
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  let left = 100;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!into.write(chunk)) return void into.once('drain', more);
    }
    into.end();
  };
  response.writeHead(200, into === response ? {} : { 'content-encoding': 'gzip' });
  more();
}

function drip(response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
}

/** In addition to a valid set of another key. */
function redirect(response: ServerResponse): void {
  if (response.req.url?.endsWith('?moved')) return sayJson({ keys: [bench.nextKey.jwk] })(response);
  response.writeHead(302, { location: '/api/auth/jwks?moved' }).end();
}

const INVALID_ANSWERS: [string, (response: ServerResponse) => unknown][] = [
  ['a page of HTML', sayText('<html>Welcome</html>', 200, { 'content-type': 'text/html' })],
  ['an empty body', sayText('')],
  ['204', sayText('', 204)],
  ['a redirect', redirect],
  ['401', sayText('{"keys":[]}', 401)],
  ['404', sayText('{"keys":[]}', 404)],
  ['500', sayText('{"keys":[]}', 500)],
  ['nothing, without an end', () => {}],
  ['headers alone', (response) => response.writeHead(200).flushHeaders()],
  ['a byte now and then', drip],
  ['a closed connection', (response) => response.destroy()],
  ['100 MB', (response) => pour(response)],
  [
    '100 MB in a few bytes of gzip',
    (response) => {
      const gzip = createGzip();
      gzip.pipe(response);
      pour(response, gzip);
    },
  ],
  ['a half of it', (response) => response.writeHead(200, { 'content-length': '99' }).write('{"k')],
  ['bytes that are not UTF-8', sayText(Buffer.from([0x7b, 0xff, 0x7d]))],
  ['null', sayJson(null)],
  ['a list', sayJson(bench.published)],
  ['an object without keys', sayJson({ error: 'no' })],
  ['keys that are no list', sayJson({ keys: { 0: bench.key.jwk } })],
  ['a text among the keys', sayJson({ keys: [bench.key.jwk, 'key'] })],
  ['null among the keys', sayJson({ keys: [bench.key.jwk, null] })],
  ['a list among the keys', sayJson({ keys: [bench.key.jwk, []] })],
  [
    'a key without a type',
    sayJson({ keys: [bench.key.jwk, { ...bench.nextKey.jwk, kty: undefined }] }),
  ],
  [
    'one key id twice',
    sayJson({ keys: [bench.key.jwk, { ...bench.nextKey.jwk, kid: bench.key.kid }] }),
  ],
  ['the same key twice', sayJson({ keys: [bench.key.jwk, bench.key.jwk] })],
  ['private parts', sayJson({ keys: [bench.key.jwk, { ...bench.nextKey.jwk, d: 'AQAB' }] })],
  ['a symmetric key', sayJson({ keys: [bench.key.jwk, { kty: 'oct', kid: 'a', k: 'c2VjcmV0' }] })],
  ['a thousand keys', sayJson({ keys: Array.from({ length: 1_000 }, () => bench.key.jwk) })],
];

describe('while the auth server returns invalid key sets', () => {
  it.each(INVALID_ANSWERS)('the last valid set is kept: %s', async (_title, answer) => {
    await bench.start(SHORT);
    const known = bench.keySet.get(bench.key.kid);
    const { fetches } = bench.server;
    bench.server.answer = answer;
    void bench.keySet.refresh();
    await until(() => bench.server.fetches > fetches);
    expect(bench.keySet.get(bench.key.kid)).toBe(known);
    await bench.keySet.refresh();
    expect(bench.keySet.get(bench.key.kid)).toBe(known);
    expect(await bench.keySet.find(bench.nextKey.kid)).not.toBeNull();
    const age = bench.keySet.ageMs()!;
    bench.server.publish(bench.published);
    await until(() => bench.keySet.ageMs()! < age);
    expect(bench.keySet.get(bench.key.kid)).toBe(known);
  });

  it.each(INVALID_ANSWERS)(
    'a cold start has no keys, and reports it: %s',
    async (_title, answer) => {
      bench.server.answer = answer;
      bench.begin(SHORT);
      await expect(bench.keySet.find(bench.key.kid)).rejects.toMatchObject({
        code: 'keys_unavailable',
        status: 503,
        headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
      });
      expect(bench.keySet.ageMs()).toBeNull();
      bench.server.publish(bench.published);
      await until(() => bench.keySet.get(bench.key.kid) !== null);
    },
  );

  it('no more of a body is read than a key set may have', async () => {
    await bench.start();
    let written = 0;
    bench.server.answer = (response) => {
      const { socket } = response;
      response.on('close', () => (written = socket!.bytesWritten));
      pour(response);
    };
    await bench.keySet.refresh();
    await until(() => written > 0);
    // Buffers on the way are in addition to 256 kB.
    expect(written).toBeLessThan(20 * 1024 * 1024);
  });
});
