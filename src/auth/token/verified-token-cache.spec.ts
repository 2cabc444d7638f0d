import { inspect } from 'node:util';
import type { VerificationKey } from './verification-key';
import { VerifiedTokens, type VerifiedTokensOptions } from './verified-token-cache';

const NOW = 1_800_000_000;

const key = { keyId: 'a' } as VerificationKey;
const otherKey = { keyId: 'b' } as VerificationKey;

function claimsUntil(exp: number, iat = NOW) {
  const common = { iss: 'iss', aud: 'aud', sub: 'sub', iat, exp };
  const user = {
    kind: 'user',
    sid: 'sid',
    role: 'user',
    clientId: null,
    scopes: [],
    grantedAt: null,
  } as const;
  return { ...common, ...user, impersonatorId: null };
}

function fill(options: VerifiedTokensOptions, count: number): VerifiedTokens {
  const tokens = new VerifiedTokens(options);
  for (let index = 0; index < count; index += 1) {
    tokens.add(`token-${index}`, { claims: claimsUntil(NOW + 900), key });
  }
  return tokens;
}

describe('the cache of verified tokens', () => {
  let now: jest.SpyInstance;

  beforeEach(() => {
    now = jest.spyOn(Date, 'now').mockReturnValue(NOW * 1_000);
  });

  afterEach(() => now.mockRestore());

  it('knows a token again, to the letter', () => {
    const tokens = fill({}, 3);
    expect(tokens.find('token-1')).toMatchObject({ claims: { sub: 'sub' } });
    expect(tokens.find('token-1 ')).toBeNull();
    expect(tokens.find('Token-1')).toBeNull();
  });

  it('judges exp at each look-up, to the second, and forgets what has expired', () => {
    const tokens = new VerifiedTokens();
    tokens.add('token', { claims: claimsUntil(NOW + 60), key });
    now.mockReturnValue((NOW + 64) * 1_000 + 999);
    expect(tokens.find('token')).not.toBeNull();
    now.mockReturnValue((NOW + 65) * 1_000);
    expect(tokens.find('token')).toBeNull();
    expect([tokens.size, tokens.bytes]).toEqual([0, 0]);
  });

  it.each([
    ['iat', { claims: claimsUntil(NOW + 900) }],
    ['nbf', { claims: claimsUntil(NOW + 900, NOW - 60), nbf: NOW }],
  ])('judges %s at each look-up too: clocks are set back now and then', (_claim, verified) => {
    const tokens = new VerifiedTokens();
    tokens.add('token', { ...verified, key });
    now.mockReturnValue((NOW - 5) * 1_000);
    expect(tokens.find('token')).not.toBeNull();
    now.mockReturnValue((NOW - 6) * 1_000);
    expect(tokens.find('token')).toBeNull();
  });

  it('holds no more tokens than it may: the oldest make room', () => {
    const tokens = fill({ maxEntries: 100 }, 250);
    expect(tokens.size).toBe(100);
    expect(tokens.find('token-149')).toBeNull();
    expect(tokens.find('token-150')).not.toBeNull();
  });

  it('takes no more memory than it may, however long the tokens are', () => {
    const tokens = new VerifiedTokens({ maxBytes: 100_000 });
    for (let index = 0; index < 100; index += 1) {
      tokens.add('x'.repeat(8_000) + index, { claims: claimsUntil(NOW + 900), key });
      expect(tokens.bytes).toBeLessThanOrEqual(100_000);
    }
    expect(tokens.size).toBeGreaterThan(5);
  });

  it('drops expired tokens when others come, also while there is room', () => {
    const tokens = fill({}, 10);
    now.mockReturnValue((NOW + 1_000) * 1_000);
    tokens.add('new', { claims: claimsUntil(NOW + 1_900, NOW + 1_000), key });
    expect(tokens.size).toBe(1);
  });

  it('counts a token that is added twice once', () => {
    const tokens = fill({}, 1);
    const { bytes } = tokens;
    tokens.add('token-0', { claims: claimsUntil(NOW + 900), key });
    expect([tokens.size, tokens.bytes]).toEqual([1, bytes]);
  });

  it('forgets the tokens of one key, and no others', () => {
    const tokens = fill({}, 3);
    tokens.add('other', { claims: claimsUntil(NOW + 900), key: otherKey });
    tokens.forgetKey(key);
    expect([tokens.size, tokens.find('token-1')]).toEqual([1, null]);
    expect(tokens.find('other')).not.toBeNull();
  });

  it('holds nothing that could be sent as a token', () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
    const tokens = new VerifiedTokens();
    tokens.add(token, { claims: claimsUntil(NOW + 900), key });
    const dump = inspect(tokens, { depth: Infinity, showHidden: true });
    expect(dump).toContain(`sub: 'sub'`);
    for (const part of token.split('.')) expect(dump).not.toContain(part);
  });
});
