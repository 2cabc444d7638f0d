import { KeyRing, type SigningKey, toKeyTimes } from './key-ring';

const DAY = 86_400_000;
const MINUTE = 60_000;
const NOW = 1_000 * DAY;

const TIMES = toKeyTimes({ jwksRotation: 30 * DAY, jwksGrace: 10 * DAY });

/** A key by its age and by the time that it still signs. */
function key(id: string, age: number, left: number, more: Partial<SigningKey> = {}): SigningKey {
  const texts = { publicKey: '{}', encryptedKey: '""', privateKey: '{}', alg: 'RS256', crv: null };
  return { id, ...texts, createdAt: NOW - age, endsAt: NOW + left, ...more };
}

/** @param keys newest first, as they are read. */
function ringOf(...keys: SigningKey[]): KeyRing {
  return new KeyRing({ keys, now: NOW, algorithm: 'RS256', times: TIMES });
}

function idsOf(keys: SigningKey[]): string[] {
  return keys.map(({ id }) => id);
}

describe('the time that a key is published ahead', () => {
  it.each([
    [30 * DAY, 10 * MINUTE],
    [DAY, 10 * MINUTE],
    [20 * MINUTE, 10 * MINUTE],
    [6_000, 3_000],
  ])('is, for a rotation of %d ms, %d ms', (jwksRotation, publishAhead) => {
    expect(toKeyTimes({ jwksRotation, jwksGrace: DAY }).publishAhead).toBe(publishAhead);
  });
});

describe('the key that signs', () => {
  it('is the newest that has been published for long enough', () => {
    const keys = [key('coming', MINUTE, 30 * DAY), key('b', DAY, DAY), key('a', 2 * DAY, DAY)];
    expect(ringOf(...keys).signer?.id).toBe('b');
  });

  it('changes at the moment at which the next one has been', () => {
    const keys = [key('next', 10 * MINUTE, 30 * DAY), key('old', 30 * DAY, 1)];
    expect(ringOf(...keys).signer?.id).toBe('next');
  });

  it('is one that was published late, when there is no other', () => {
    expect(ringOf(key('b', 1_000, DAY), key('a', 2_000, DAY)).signer?.id).toBe('a');
    expect(ringOf(key('b', 1_000, DAY), key('a', 31 * DAY, -DAY)).signer?.id).toBe('b');
  });

  it.each([
    ['has ended', key('a', 30 * DAY, 0)],
    ['is of another algorithm', key('a', DAY, DAY, { alg: 'ES256' })],
    ['was encrypted with another secret', key('a', DAY, DAY, { privateKey: null })],
  ])('is none that %s', (_title, unfit) => {
    const ring = ringOf(unfit);
    expect([ring.signer, ring.live]).toEqual([null, []]);
    expect(ring.isSuccessorDue).toBe(true);
    // No other key can sign: the next one signs from now on.
    expect(ring.takeover()).toBe(NOW);
  });
});

describe('the next key', () => {
  it('is due when the newest one ends within the time that keys are published ahead', () => {
    expect(ringOf(key('a', 29 * DAY, 11 * MINUTE)).isSuccessorDue).toBe(false);
    expect(ringOf(key('a', 30 * DAY, 10 * MINUTE)).isSuccessorDue).toBe(true);
    const withSuccessor = [key('b', MINUTE, 30 * DAY), key('a', 30 * DAY, 9 * MINUTE)];
    expect(ringOf(...withSuccessor).isSuccessorDue).toBe(false);
  });

  it('takes over when the one before it ends, but not before it was published for long enough', () => {
    const ring = ringOf(key('a', 30 * DAY, 9 * MINUTE));
    expect(ring.takeover(NOW + 9 * MINUTE)).toBe(NOW + 10 * MINUTE);
    expect(ring.takeover(NOW + 11 * MINUTE)).toBe(NOW + 11 * MINUTE);
    expect(ring.takeover()).toBe(NOW + 10 * MINUTE);
  });
});

describe('an old key', () => {
  it('stays published until the grace time is over, and is obsolete from then on', () => {
    const keys = [
      key('live', DAY, 29 * DAY),
      key('old', 39 * DAY, -10 * DAY + 1),
      key('over', 40 * DAY, -10 * DAY),
      key('other', DAY, DAY, { alg: 'ES256' }),
      key('stranded', DAY, DAY, { privateKey: null }),
    ];
    const ring = ringOf(...keys);
    expect(idsOf(ring.published)).toEqual(['live', 'old', 'stranded']);
    expect(idsOf(ring.obsolete)).toEqual(['over']);
  });
});

it('the phase of each key can be told', () => {
  const keys = [
    key('coming', MINUTE, 30 * DAY),
    key('signing', 29 * DAY, 9 * MINUTE),
    key('old', 59 * DAY, -DAY),
    key('stranded', DAY, DAY, { privateKey: null }),
    key('other', DAY, DAY, { alg: 'ES256' }),
  ];
  const ring = ringOf(...keys);
  expect(keys.map((one) => [one.id, ring.phaseOf(one)])).toEqual([
    ['coming', 'coming'],
    ['signing', 'signing'],
    ['old', 'published'],
    ['stranded', 'published'],
    ['other', 'of another algorithm'],
  ]);
});
