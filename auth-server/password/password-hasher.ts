import { availableParallelism } from 'node:os';
import { APIError } from 'better-auth/api';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { hashArgon2id, isArgon2id, isOutdated, verifyArgon2id } from './argon2id';
import { BusyError, ConcurrencyLimit } from './concurrency-limit';
import { requestContext } from '../common/request-context';

/** Node's thread pool has four threads. One stays free for other work. */
const WIDEST = 3;

/** Some seconds of work: a client that waits longer gives up. */
const CAPACITY = 200;
const BUSY_RETRY_S = '2';

/** A hash of Better-Auth's default: salt and scrypt key in hexadecimal. */
const SCRYPT = /^[0-9a-f]{32}:[0-9a-f]{128}$/;

/**
 * Password hashes of all accounts: argon2id for new hashes, Better-Auth's scrypt for old ones. A
 * hash takes 46 MiB of memory, so the number of parallel hashes is limited.
 *
 * All refused sign-ins take the same time: Better-Auth computes one hash for an unknown account,
 * and while old hashes exist, each refusal computes one hash of each kind.
 */
export class PasswordHasher {
  private readonly limit = new ConcurrencyLimit({
    width: Math.min(WIDEST, availableParallelism()),
    capacity: CAPACITY,
  });

  /** Whether an account may have an old hash; `true` until the database was asked. */
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
      return await this.limit.run(work);
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      const body = { code: 'TOO_BUSY', message: 'Too many sign-ins at once. Try again soon.' };
      throw new APIError('SERVICE_UNAVAILABLE', body, { 'retry-after': BUSY_RETRY_S });
    }
  }
}

/** The plugin knows the account and renews the hash. */
function noteOutdated(hash: string): void {
  const context = requestContext.getStore();
  if (context && (!isArgon2id(hash) || isOutdated(hash))) context.outdatedHash = hash;
}
