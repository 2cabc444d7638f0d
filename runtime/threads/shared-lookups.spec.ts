import { AsyncLocalStorage } from 'node:async_hooks';
import dns from 'node:dns';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { shareLookups } from './shared-lookups';

const CALLERS = Array.from({ length: 10 }, (_, index) => index);

const { lookup } = dns;
let end: () => void;

beforeEach(() => (end = shareLookups()));
afterEach(async () => {
  end();
  await ended();
});

/** Look-ups that the threads of the pool work on, or that wait for one. */
function running(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'GetAddrInfoReqWrap').length;
}

/** A look-up counts until its callback has returned. */
const ended = () => new Promise(setImmediate);

const find = (name: string, options: dns.LookupOptions = {}) =>
  new Promise((resolve) => dns.lookup(name, options, (...answer) => resolve(answer)));

describe('look-ups of one name at the same time', () => {
  it('are two, and each caller has the answer', async () => {
    const answers = CALLERS.map(() => find('localhost', { family: 4 }));
    expect(running()).toBe(2);
    expect(await Promise.all(answers)).toEqual(CALLERS.map(() => [null, '127.0.0.1', 4]));
    await ended();
    expect(running()).toBe(0);
  });

  it('are two again afterwards', async () => {
    await find('localhost');
    await ended();
    const answers = CALLERS.map(() => find('localhost'));
    expect(running()).toBe(2);
    await Promise.all(answers);
  });

  it('are those of connections, too', async () => {
    // A port that nothing listens at.
    const ends = CALLERS.map(
      () => new Promise((resolve) => connect(1, 'localhost').on('error', resolve)),
    );
    expect(running()).toBe(2);
    await Promise.all(ends);
  });

  it('with other options have an answer of their own', async () => {
    const all = [find('localhost', { family: 4, all: true }), find('localhost', { family: 4 })];
    expect(await Promise.all(all)).toEqual([
      [null, [{ address: '127.0.0.1', family: 4 }]],
      [null, '127.0.0.1', 4],
    ]);
  });

  it('keep the context of each caller', async () => {
    const context = new AsyncLocalStorage<number>();
    const found = CALLERS.map((caller) =>
      context.run(
        caller,
        () => new Promise((resolve) => dns.lookup('localhost', () => resolve(context.getStore()))),
      ),
    );
    expect(await Promise.all(found)).toEqual(CALLERS);
  });
});

it('a promise has both parts of the answer, as without sharing', async () => {
  const answer = await promisify(dns.lookup)('127.0.0.1');
  expect(answer).toEqual({ address: '127.0.0.1', family: 4 });
});

it('a call that is not valid fails at once', () => {
  expect(() => dns.lookup('localhost', { family: 5 }, () => {})).toThrow('family');
  expect(() => void Reflect.apply(dns.lookup, dns, ['localhost'])).toThrow('callback');
  end();
  expect(dns.lookup).toBe(lookup);
});
