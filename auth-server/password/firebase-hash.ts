import { createCipheriv, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { asTyped, HashFormatError, type PasswordHash } from './password-hash';
import { requireScryptCosts, SHORTEST_SALT, toOptions } from './phc-hash';

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

const STORED =
  /^(\$firebase-scrypt\$ln=(\d+),r=(\d+),sep=([A-Za-z0-9+/=]*),key=([A-Za-z0-9+/=]+))\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

/** The parameters of a Firebase project, as the console shows them. */
export interface FirebaseParameters {
  signerKey: string;
  saltSeparator: string;
  rounds: number;
  memCost: number;
}

/**
 * Firebase's variant of scrypt (https://github.com/firebase/scrypt): the derived key encrypts the
 * signer key of the project, and the result is the hash.
 *
 * @throws {HashFormatError}
 */
export function parseFirebaseHash(stored: string): PasswordHash {
  const [, kind, ln, r, separator, signer, salt, hash] = STORED.exec(stored) ?? [];
  if (kind === undefined) throw new HashFormatError("Firebase's hash is malformed");
  const costs = { logN: Number(ln), r: Number(r), p: 1 };
  requireScryptCosts(costs);
  const [signerKey, expected] = [Buffer.from(signer!, 'base64'), Buffer.from(hash!, 'base64')];
  const ownSalt = Buffer.from(salt!, 'base64');
  if (ownSalt.length < SHORTEST_SALT || signerKey.length < 32) {
    throw new HashFormatError("the salt or the signer key of Firebase's hash is too short");
  }
  if (expected.length !== signerKey.length) {
    throw new HashFormatError("Firebase's hash and the signer key differ in length");
  }
  const fullSalt = Buffer.concat([ownSalt, Buffer.from(separator!, 'base64')]);
  return {
    kind,
    verify: asTyped(async (password) => {
      const key = await derive(password, fullSalt, 32, toOptions(costs));
      const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
      return timingSafeEqual(Buffer.concat([cipher.update(signerKey), cipher.final()]), expected);
    }),
  };
}

/** The stored form of a hash of Firebase. */
export function toFirebaseHash(
  { passwordHash, salt }: { passwordHash: string; salt: string },
  { signerKey, saltSeparator, rounds, memCost }: FirebaseParameters,
): string {
  const parameters = [`ln=${memCost}`, `r=${rounds}`, `sep=${saltSeparator}`, `key=${signerKey}`];
  const [ownSalt, hash] = [salt, passwordHash].map(toStandardAlphabet);
  return `$firebase-scrypt$${parameters.join(',')}$${ownSalt}$${hash}`;
}

/** The command line of Firebase exports base64url. */
function toStandardAlphabet(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}
