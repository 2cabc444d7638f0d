import { verify as verifyArgon2 } from '@node-rs/argon2';
import { verifyPassword } from 'better-auth/crypto';
import { verifyBcrypt } from './bcrypt';
import { parseFirebaseHash } from './firebase-hash';
import { asTyped, HashFormatError, type PasswordHash } from './password-hash';
import { parsePbkdf2Hash, parseScryptHash } from './phc-hash';

/** In characters: a hash of Firebase with its parameters has about 300. */
const LONGEST = 1_000;

/** Better-Auth's scrypt: salt and key in hexadecimal. */
const BETTER_AUTH = /^[0-9a-f]{32}:[0-9a-f]{128}$/;
/** Its kind. */
const BETTER_AUTH_KIND = 'scrypt';

const BCRYPT = /^(\$2[aby]\$(\d\d))\$[./A-Za-z0-9]{53}$/;
const BCRYPT_COSTS = { least: 4, most: 14 };

const ARGON2 =
  /^(\$argon2(?:id|i|d)\$v=19\$m=(\d+),t=(\d+),p=(\d+))\$([A-Za-z0-9+/]+)\$[A-Za-z0-9+/]+$/;
/** KiB, passes, lanes; the product bounds the time. */
const ARGON2_LIMITS = { memory: 262_144, passes: 16, lanes: 8, work: 1_048_576 };

/**
 * Reads a password hash: argon2, bcrypt, scrypt and PBKDF2 as PHC strings
 * (https://github.com/P-H-C/phc-string-format), Better-Auth's scrypt and Firebase's. The costs are
 * bounded, because each sign-in pays them.
 *
 * @throws {HashFormatError}
 */
export function parseHash(stored: string): PasswordHash {
  if (stored.length > LONGEST) {
    throw new HashFormatError(`the hash is longer than ${LONGEST} characters`);
  }
  const parse = PARSERS.find(({ prefix }) => stored.startsWith(prefix))?.parse;
  if (parse) return parse(stored);
  if (BETTER_AUTH.test(stored)) {
    return {
      kind: BETTER_AUTH_KIND,
      verify: (password) => verifyPassword({ hash: stored, password }),
    };
  }
  throw new HashFormatError(
    'the hash is of no supported format; raw MD5 and SHA hashes are refused: those users set a new password',
  );
}

const PARSERS: { prefix: string; parse: (stored: string) => PasswordHash }[] = [
  { prefix: '$argon2', parse: parseArgon2 },
  { prefix: '$2', parse: parseBcrypt },
  { prefix: '$scrypt$', parse: parseScryptHash },
  { prefix: '$pbkdf2', parse: parsePbkdf2Hash },
  { prefix: '$firebase-scrypt$', parse: parseFirebaseHash },
];

function parseBcrypt(stored: string): PasswordHash {
  const [, kind, cost] = BCRYPT.exec(stored) ?? [];
  if (kind === undefined) throw new HashFormatError('the bcrypt hash is malformed');
  if (Number(cost) < BCRYPT_COSTS.least || Number(cost) > BCRYPT_COSTS.most) {
    throw new HashFormatError(`the cost of bcrypt must be 4 to 14, and it is ${Number(cost)}`);
  }
  return { kind, verify: asTyped((password) => verifyBcrypt(stored, password)) };
}

function parseArgon2(stored: string): PasswordHash {
  const [, kind, memory, passes, lanes, salt] = ARGON2.exec(stored) ?? [];
  if (kind === undefined || salt!.length < 11) {
    throw new HashFormatError('the argon2 hash is malformed, or its salt is too short');
  }
  const [m, t, p] = [Number(memory), Number(passes), Number(lanes)];
  const { memory: mostMemory, passes: mostPasses, lanes: mostLanes, work } = ARGON2_LIMITS;
  if (m > mostMemory || t > mostPasses || p > mostLanes || m * t > work || m < 8 * p || t < 1) {
    throw new HashFormatError('the parameters of argon2 are out of bounds');
  }
  return { kind, verify: asTyped((password) => verifyArgon2(stored, password)) };
}
