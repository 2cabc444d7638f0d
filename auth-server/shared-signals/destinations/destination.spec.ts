import { destinationFault } from './destination';

describe('a stream is not delivered to', () => {
  it.each([
    'http://events.example.com/',
    'ftp://events.example.com/',
    'events.example.com',
    '',
    'https://user:password@events.example.com/',
    'https://events.example.com/#part',
    `https://events.example.com/${'x'.repeat(2_000)}`,
    'https://localhost/',
    'https://localhost./',
    'https://api.localhost/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://auth-server/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1:8443/',
    'https://169.254.169.254/',
    'https://100.64.0.1/',
    'https://192.0.2.1/',
    'https://198.18.0.1/',
    'https://224.0.0.1/',
    'https://240.0.0.1/',
    'https://255.255.255.255/',
    'https://[::]/',
    'https://[::1]/',
    'https://[fe80::1]/',
    'https://[fec0::1]/',
    'https://[fd00::1]/',
    'https://[ff02::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::10.0.0.1]/',
    'https://[64:ff9b:1::1]/',
    'https://[2002:a00:1::]/',
    'https://[2001::1]/',
    'https://[2001:db8::1]/',
  ])('%s', (url) => {
    expect(destinationFault(url, 'public')).not.toBeNull();
  });
});

it.each([
  'https://events.example.com/caep?x=1',
  'https://8.8.8.8/',
  'https://[2606:4700::1111]:8443/',
])('a stream is delivered to %s', (url) => {
  expect(destinationFault(url, 'public')).toBeNull();
});

it.each(['http://127.0.0.1:9000/', 'https://localhost/'])(
  'a stream is delivered to %s when any destination is allowed',
  (url) => {
    expect(destinationFault(url, 'any')).toBeNull();
  },
);
