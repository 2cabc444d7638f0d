import { availableParallelism } from 'node:os';
import { APIError } from 'better-auth/api';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { hashArgon2id, isArgon2id, isOutdated, verifyArgon2id } from './argon2id';
import { BusyError, Turnstile } from './concurrency-limit';
import { requestContext } from '../common/request-context';

/** Node's pool has four threads, and not only passwords need them. */
const WIDEST = 3;

/** Some seconds of work: whoever comes later would not wait for an answer anyway. */
const CAPACITY = 200;
const BUSY_RETRY_S = '2';

/** A hash as Better-Auth makes them by itself: salt and scrypt key in hexadecimal. */
const SCRYPT = /^[0-9a-f]{32}:[0-9a-f]{128}$/;

/**
 * Password hashes of all accounts: argon2id for new ones, Better-Auth's scrypt for those
 * that are older. Each hash takes 46 MiB while it is made, so few are made at a time.
 *
 * A refused sign-in takes as long whatever is stored: Better-Auth hashes the password once
 * where there is no account or no password, and while there are old hashes, every refusal
 * costs one of each kind.
 */
export class PasswordHasher {
  private readonly turnstile = new Turnstile({
    width: Math.min(WIDEST, availableParallelism()),
    capacity: CAPACITY,
  });

  /** Whether any account may still have an old hash; assumed until it is known better. */
  hasOldHashes = true;

  hash = (password: string): Promise<string> =>
    this.inTurn(async () => {
      const hash = await hashArgon2id(password);
      if (this.hasOldHashes) await hashPassword(password);
      return hash;
    });

  verify = ({ hash, password }: { hash: string; password: string }): Promise<boolean> =>
    this.inTurn(async () => {
      const isRight = await this.check(hash, password);
      if (isRight) noteOutdated(hash);
      return isRight;
    });

  private async check(stored: string, password: string): Promise<boolean> {
    if (SCRYPT.test(stored)) {
      this.hasOldHashes = true;
      if (await verifyPassword({ hash: stored, password })) return true;
      await hashArgon2id(password);
      return false;
    }
    if (isArgon2id(stored) && (await verifyArgon2id(stored, password))) return true;
    if (!isArgon2id(stored)) await hashArgon2id(password);
    if (this.hasOldHashes) await hashPassword(password);
    return false;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.turnstile.run(work);
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      const body = { code: 'TOO_BUSY', message: 'Too many sign-ins at once. Try again soon.' };
      throw new APIError('SERVICE_UNAVAILABLE', body, { 'retry-after': BUSY_RETRY_S });
    }
  }
}

/** Who knows the account makes a new hash of it: this place knows the password alone. */
function noteOutdated(hash: string): void {
  const context = requestContext.getStore();
  if (context && (!isArgon2id(hash) || isOutdated(hash))) context.outdatedHash = hash;
}
