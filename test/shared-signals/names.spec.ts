import { lookup } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { findPublicAddresses } from '../../auth-server/shared-signals/destinations/public-lookup';
import { pushSet } from '../../auth-server/shared-signals/push/push-request';
import { NameServer } from '../support/servers/name-server';

const V4 = '8.8.8.8';
const V6 = '2606:4700::1111';

let names: NameServer;

beforeAll(async () => {
  names = await NameServer.start({
    'public.example.com': [V4, V6],
    'old.example.com': [V4],
    'new.example.com': [V6],
    'private.example.com': ['10.0.0.1'],
    'mixed.example.com': [V4, '127.0.0.1'],
    'mapped.example.com': [V4, '::ffff:169.254.169.254'],
    'empty.example.com': [],
  });
});

afterAll(() => names.stop());

/** @param name `silent`: the name server does not answer. */
function find(name: string) {
  const resolver = new Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([names.address]);
  return findPublicAddresses(`${name}.example.com`, resolver);
}

describe('the name of a receiver', () => {
  it.each([
    ['public', [V4, V6]],
    ['old', [V4]],
    ['new', [V6]],
  ])('has its addresses of both kinds (%s)', async (name, expected) => {
    const found = await find(name);
    expect(found.map(({ address }) => address)).toEqual(expected);
    expect(found.map(({ family }) => family)).toEqual(
      expected.map((address) => (address === V4 ? 4 : 6)),
    );
  });

  it.each(['private', 'mixed', 'mapped'])(
    'is refused when one address is not public (%s)',
    async (name) => {
      await expect(find(name)).rejects.toThrow('the destination is not public');
    },
  );

  it.each([
    ['empty', 'ENODATA'],
    ['silent', 'ETIMEOUT'],
  ])('is refused without an address, with the cause (%s)', async (name, cause) => {
    await expect(find(name)).rejects.toThrow(`the name has no address: ${cause}`);
  });

  it('does not occupy the thread pool, which hashes, files and new connections need', async () => {
    const inThreadPool = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'GetAddrInfoReqWrap').length;
    const stop = new AbortController();
    const pushes = Array.from({ length: 20 }, (_, index) =>
      pushSet({
        url: `https://receiver-${index}.invalid/`,
        set: 'a token',
        authorization: null,
        allowed: 'public',
        signal: stop.signal,
      }),
    );
    expect(inThreadPool()).toBe(0);
    // The name of another part does: the count is one of look-ups that have begun.
    const other = new Promise((resolve) => lookup('database.invalid', resolve));
    expect(inThreadPool()).toBe(1);
    stop.abort();
    const results = await Promise.all([...pushes, other]);
    expect(results.slice(0, -1)).toEqual(
      pushes.map(() => expect.objectContaining({ outcome: 'failed' })),
    );
  });
});
