import { createClientAddressResolver } from './client-address';

const clientOf = createClientAddressResolver(['10.0.0.0/8', 'fd00::/8', '192.0.2.1']);

it.each([
  // The connection is not a trusted proxy: the header is not read.
  ['203.0.113.5', '198.51.100.9', '203.0.113.5'],
  ['10.0.0.1', undefined, '10.0.0.1'],
  ['10.0.0.1', '198.51.100.9', '198.51.100.9'],
  ['10.0.0.1', '198.51.100.9:4711', '198.51.100.9'],
  ['10.0.0.1', '[2001:db8::9]:4711', '2001:db8::9'],
  ['10.0.0.1', '[2001:db8::9]', '2001:db8::9'],
  ['10.0.0.1', 'fe80::9%eth0', 'fe80::9'],
  ['::ffff:10.0.0.1', '198.51.100.9', '198.51.100.9'],
  ['fd00::1', '198.51.100.9', '198.51.100.9'],
  // The client wrote the left part itself.
  ['10.0.0.1', '1.1.1.1, 198.51.100.9', '198.51.100.9'],
  // A chain of trusted proxies, with ports.
  ['10.0.0.1', '198.51.100.9, 192.0.2.1:80, 10.1.1.1', '198.51.100.9'],
  // All are trusted: the leftmost.
  ['10.0.0.1', '10.9.9.9, 10.1.1.1', '10.9.9.9'],
  // An entry that is no address ends the search at the proxy that wrote it.
  ['10.0.0.1', '198.51.100.9, unknown', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.9, , 10.1.1.1', '10.1.1.1'],
  [undefined, '198.51.100.9', null],
])('a connection from %s with "%s" comes from %s', (remoteAddress, forwardedFor, client) => {
  expect(clientOf({ remoteAddress, forwardedFor })).toBe(client);
});

it('reads several header lines as one list', () => {
  const forwardedFor = ['1.1.1.1', '198.51.100.9, 10.1.1.1'];
  expect(clientOf({ remoteAddress: '10.0.0.1', forwardedFor })).toBe('198.51.100.9');
});

it('warns once of a private address that sends the header and is not trusted', () => {
  const lines: string[] = [];
  const resolve = createClientAddressResolver(['192.0.2.1'], (line) => void lines.push(line));
  const forwardedFor = '198.51.100.9';
  resolve({ remoteAddress: '10.0.0.1', forwardedFor: undefined });
  resolve({ remoteAddress: '192.0.2.1', forwardedFor });
  // A client on the internet, which wrote the header itself.
  resolve({ remoteAddress: '203.0.114.5', forwardedFor });
  expect(lines).toEqual([]);
  for (const remoteAddress of ['10.0.0.1', '10.0.0.2']) resolve({ remoteAddress, forwardedFor });
  expect(lines).toEqual([
    'X-Forwarded-For of 10.0.0.1 is not read, so that all its clients count as one: the address is not in TRUST_PROXY',
  ]);
});

it('trusts no proxy without a setting', () => {
  const origin = { remoteAddress: '10.0.0.1', forwardedFor: '198.51.100.9' };
  expect(createClientAddressResolver([])(origin)).toBe('10.0.0.1');
});
