import { Argon2id } from './argon2id';
import { ConcurrencyLimit } from '../admission/concurrency-limit';
import { BusyError } from '../admission/places';
import { parseHash } from './hash-format';
import { orRefuse } from '../admission/plugin';
import type { PasswordHash } from './password-hash';
import { requestContext } from '../common/request-context';
import type { PasswordHashCost } from '../../runtime/settings/password-hash-cost';
import { HASHES_AT_ONCE } from '../../runtime/threads/thread-pool';

/**
 * Requests wait for their place before this queue (`admission/password-admission.ts`). It is full
 * only when many hashes are renewed.
 */
const CAPACITY = 200;

/** More kinds would make each refused sign-in slow. */
export const MOST_KINDS = 8;

/** A refusal computes hashes of former kinds until it has taken so long, in milliseconds. */
const LONGEST_REFUSAL_MS = 2_000;

/** A hash of Better-Auth's default, of no password. */
const BETTER_AUTH_DECOY = `${'0'.repeat(32)}:${'0'.repeat(128)}`;

/**
 * Password hashes of all accounts: argon2id for new hashes; old and imported hashes of other kinds
 * stay valid (`hash-format.ts`). A hash takes much memory, so the number of parallel hashes is
 * limited. `admission/password-admission.ts` shares them between accounts and networks.
 *
 * All refused sign-ins take the same time: Better-Auth computes one hash for an unknown account,
 * and while hashes of other kinds exist, each refusal computes one hash of each kind.
 */
export class PasswordHasher {
  private readonly limit = new ConcurrencyLimit({
    width: HASHES_AT_ONCE,
    capacity: CAPACITY,
  });

  /** A hash of each former kind that accounts may have. */
  private decoys: ReadonlyMap<string, PasswordHash> = toDecoys([BETTER_AUTH_DECOY]);

  private readonly argon2id: Argon2id;

  /** @param cost of each new hash, and of the hash that a refusal computes. */
  constructor(cost: PasswordHashCost) {
    this.argon2id = new Argon2id(cost);
  }

  /** The part of a current hash before its salt. */
  get currentKind(): string {
    return this.argon2id.kind;
  }

  /** Whether an account may have an old hash; `true` until the database was asked. */
  get hasOldHashes(): boolean {
    return this.decoys.size > 0;
  }

  /** The former kinds that each refusal computes. */
  get oldKinds(): string[] {
    return [...this.decoys.keys()];
  }

  /** @param examples a stored hash of each old kind. */
  setOldHashes(examples: string[]): void {
    this.decoys = toDecoys(examples);
  }

  hash = (password: string): Promise<string> =>
    this.inTurn(async () => {
      const begin = performance.now();
      const hash = await this.argon2id.hash(password);
      await this.spendTime(password, { begin });
      return hash;
    });

  verify = ({ hash, password }: { hash: string; password: string }): Promise<boolean> =>
    this.inTurn(async () => {
      const isRight = await this.check(hash, password);
      if (isRight) this.noteOutdated(hash);
      return isRight;
    });

  private async check(stored: string, password: string): Promise<boolean> {
    const begin = performance.now();
    const isCurrent = this.argon2id.isCurrent(stored);
    if (isCurrent && (await this.argon2id.verify(stored, password))) return true;
    const known = isCurrent ? null : findHash(stored);
    if (known && this.decoys.size < MOST_KINDS) {
      this.decoys = new Map([...this.decoys, [known.kind, known]]);
    }
    if (known && (await known.verify(password))) return true;
    if (!isCurrent) await this.argon2id.hash(password);
    await this.spendTime(password, { begin, spentKind: known?.kind });
    return false;
  }

  private async spendTime(password: string, { begin, spentKind }: Spent): Promise<void> {
    for (const hash of this.decoys.values()) {
      if (performance.now() - begin > LONGEST_REFUSAL_MS) return;
      if (hash.kind !== spentKind) await hash.verify(password);
    }
  }

  /** The plugin knows the account and renews the hash. */
  private noteOutdated(hash: string): void {
    const context = requestContext.getStore();
    if (context && !this.argon2id.isCurrent(hash)) context.outdatedHash = hash;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    return orRefuse(this.limit.run(() => forPresentClient(work)));
  }
}

interface Spent {
  begin: number;
  /** Computed already. */
  spentKind?: string;
}

/** A hash is the greatest part of a sign-in. @throws {BusyError} when nothing reads the answer. */
function forPresentClient<T>(work: () => Promise<T>): Promise<T> {
  if (requestContext.getStore()?.hasGone()) throw new BusyError('the client has gone');
  return work();
}

/** A damaged hash matches no password and is not an error. */
function findHash(stored: string): PasswordHash | null {
  try {
    return parseHash(stored);
  } catch {
    return null;
  }
}

function toDecoys(examples: string[]): Map<string, PasswordHash> {
  const known = examples.map(findHash).filter((hash) => hash !== null);
  return new Map(known.map((hash) => [hash.kind, hash]));
}
