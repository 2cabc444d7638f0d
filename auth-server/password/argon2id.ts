import { hash, parseOptions, verify } from '@node-rs/argon2';
import type { PasswordHashCost } from '../../runtime/settings/password-hash-cost';

const LANES = 1;
const PREFIX = '$argon2id$';

/**
 * argon2id (RFC 9106) with one cost. The reasons for it and the figures are in
 * docs/decisions/0008-password-hashing.md.
 */
export class Argon2id {
  /** The part of a hash before its salt. */
  readonly kind: string;
  private readonly options: { memoryCost: number; timeCost: number; parallelism: number };

  constructor({ memory, passes }: PasswordHashCost) {
    this.kind = `${PREFIX}v=19$m=${memory},t=${passes},p=${LANES}`;
    this.options = { memoryCost: memory, timeCost: passes, parallelism: LANES };
  }

  /** @returns a PHC string with a random salt of 16 bytes. */
  hash(password: string): Promise<string> {
    return hash(normalize(password), this.options);
  }

  /** @param phc a string for which {@link isCurrent} is true. */
  async verify(phc: string, password: string): Promise<boolean> {
    try {
      return await verify(phc, normalize(password));
    } catch {
      // A damaged hash matches no password and is not an error.
      return false;
    }
  }

  /** Whether it is a hash of argon2id with this cost. */
  isCurrent(stored: string): boolean {
    if (!stored.startsWith(PREFIX)) return false;
    const { memoryCost, timeCost, parallelism } = optionsOf(stored);
    return (
      memoryCost === this.options.memoryCost &&
      timeCost === this.options.timeCost &&
      parallelism === LANES
    );
  }
}

/** A damaged hash has no parameters. */
function optionsOf(phc: string): Partial<ReturnType<typeof parseOptions>> {
  try {
    return parseOptions(phc);
  } catch {
    return {};
  }
}

/**
 * Unicode has several forms of the same password. They are normalized to NFKC, as in NIST SP
 * 800-63B-4, section 3.1.1.2, and in the hashes of Better-Auth.
 */
function normalize(password: string): string {
  return password.normalize('NFKC');
}
