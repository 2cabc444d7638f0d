import { createHook } from 'node:async_hooks';
import { pbkdf2Sync } from 'node:crypto';
import { parseHash } from '../../auth-server/password/hash-format';
import { PasswordHasher } from '../../auth-server/password/password-hasher';

const SALT = Buffer.from('0123456789abcdef');
const COST = { memory: 8, passes: 1 };

interface Pbkdf2Hash {
  digest?: string;
  iterations?: number;
  key?: Buffer;
}

function pbkdf2Hash({ digest = 'sha512', iterations = 1_000, key }: Pbkdf2Hash): string {
  const toText = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$pbkdf2-${digest}$i=${iterations}$${toText(SALT)}$${toText(key ?? Buffer.alloc(64))}`;
}

/** @returns how many keys of PBKDF2 were derived. */
async function countDerived(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({ init: (_id, type) => (count += type === 'PBKDF2REQUEST' ? 1 : 0) });
  hook.enable();
  await work().finally(() => hook.disable());
  return count;
}

const kindsOf = (count: number, iterations: number) =>
  Array.from({ length: count }, (_, n) => pbkdf2Hash({ iterations: iterations - n }));

it.each([
  ['sha1', 20],
  ['sha256', 32],
  ['sha384', 48],
  ['sha512', 64],
])('PBKDF2 with %s derives one block of a long key', async (digest, block) => {
  const key = pbkdf2Sync('right', SALT, 1_000, 128, digest);
  const stored = parseHash(pbkdf2Hash({ digest, key }));
  await expect(stored.verify('right')).resolves.toBe(true);
  await expect(stored.verify('wrong')).resolves.toBe(false);
  key[block - 1]! ^= 1;
  await expect(parseHash(pbkdf2Hash({ digest, key })).verify('right')).resolves.toBe(false);
  key[block - 1]! ^= 1;
  // The next block is not derived.
  key[block]! ^= 1;
  await expect(parseHash(pbkdf2Hash({ digest, key })).verify('right')).resolves.toBe(true);
});

it('a refusal computes at most eight kinds of old hashes, also after sign-ins with others', async () => {
  const hasher = new PasswordHasher(COST);
  const kinds = kindsOf(20, 2_000);
  for (const hash of kinds) await hasher.verify({ hash, password: 'wrong' });
  expect(hasher.oldKinds).toHaveLength(8);
  const refuse = () => hasher.verify({ hash: kinds[0]!, password: 'wrong' });
  expect(await countDerived(refuse)).toBeLessThanOrEqual(8);
});

it('a refusal computes no further old hash after two seconds', async () => {
  const hasher = new PasswordHasher(COST);
  const kinds = kindsOf(8, 2_000_000);
  hasher.setOldHashes(kinds);
  const refuse = () => hasher.verify({ hash: kinds[0]!, password: 'wrong' });
  const count = await countDerived(refuse);
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(8);
});
