import { setImmediate as turn } from 'node:timers/promises';
import { BusyError, Places, ShareError } from './places';
import type { Flow } from './turn-queue';
import type { AuthConfig } from '../common/config';
import type { ErrorAnswer } from '../common/errors';
import { requestContext } from '../common/request-context';
import { PasswordRequests, type Source } from '../../runtime/network/password-requests';
import { HASHES_AT_ONCE } from '../../runtime/threads/thread-pool';

/** While some of the requests with a password use the database, others keep all hash threads busy. */
const PASSWORD_PLACES = 4 * HASHES_AT_ONCE;

/** While half of the other requests use the database, the process works on the rest. */
const PLACES_OF_CONNECTION = 2;

/** Requests of many users can come from one network: it has more turns than an account. */
const STEPS = { account: 1, network: 1 / 5 } as const;

/** Limits of the wait for a place. */
export const ADMISSION_LIMITS = {
  /** Requests of a kind that wait. Each has a body of at most 100 kB. */
  capacity: 400,
  /**
   * The longest wait in milliseconds. The API waits 4.5 s for an answer, and the rest is for the
   * work. Without this limit, requests would be processed after their callers have gone.
   */
  waitMs: 2_000,
};

const TOO_MANY_AT_ONCE: ErrorAnswer = {
  status: 429,
  code: 'TOO_MANY_REQUESTS',
  message: 'Too many attempts at once. Wait before you try again.',
};

export const BUSY: ErrorAnswer = {
  status: 503,
  code: 'TOO_BUSY',
  message: 'Too many requests at once. Try again soon.',
};

/** Requests with a password share the hash threads, and the other ones do not wait for them. */
export type Kind = 'password' | 'other';

/** The answer to a request with a password that was not admitted. */
export function toAdmissionAnswer(error: unknown): ErrorAnswer {
  return error instanceof ShareError ? TOO_MANY_AT_ONCE : BUSY;
}

/**
 * Admits requests to their work, queries included. A limited number of each kind works at the same
 * time, and a part of it for one account. The others wait: accounts in one network, and networks,
 * take turns, so that many requests do not delay the others. It is independent of `RATE_LIMITS`,
 * because it counts no attempts.
 */
export class Admission {
  private readonly requests = new PasswordRequests();
  private readonly places: Record<Kind, Places>;

  constructor({ databasePoolMax }: Pick<AuthConfig, 'databasePoolMax'>) {
    const placesFor = (width: number) => {
      // One account leaves database connections for others, also while its statements wait for locks.
      const ofOwner = Math.max(1, Math.floor(Math.min(width, databasePoolMax) / 2));
      return new Places({ width, ofOwner, ...ADMISSION_LIMITS });
    };
    this.places = {
      password: placesFor(PASSWORD_PLACES),
      other: placesFor(PLACES_OF_CONNECTION * databasePoolMax),
    };
  }

  /**
   * Waits for the place of the current request, which keeps it until its work ends: a page that
   * calls several endpoints enters for each. A password that is found later moves its request.
   *
   * @param owner the account that the request names; empty: none.
   * @throws {BusyError} the request is not admitted, and nothing was done.
   */
  async admit(kind: Kind, owner: string): Promise<void> {
    const context = requestContext.getStore();
    if (!context) return;
    const { place: former, onEnd: endFormer } = context;
    if (former?.isHeld && (former.kind === 'password' || former.kind === kind)) return;
    // Others cost less than the wait.
    if (kind === 'password') await untilClosingIsRead();
    if (context.hasGone()) throw new BusyError('the client has gone');
    const source = { owner, network: context.network };
    const end = kind === 'password' ? this.requests.begin(source) : () => {};
    if (!end) throw new ShareError('too many requests at the same time');
    former?.leave();
    const ended = new AbortController();
    const place = new RequestPlace(kind, this.places[kind], {
      owner: owner === '' ? null : owner,
      flows: flowsOf(source),
      signal: ended.signal,
    });
    context.place = place;
    context.onEnd = () => {
      ended.abort();
      place.leave();
      end();
      endFormer?.();
    };
    await place.enter();
  }
}

/** The place of one request. */
class RequestPlace {
  private release: (() => void) | null = null;

  constructor(
    readonly kind: Kind,
    private readonly places: Places,
    private readonly entrant: Parameters<Places['enter']>[0],
  ) {}

  get isHeld(): boolean {
    return this.release !== null;
  }

  async enter(): Promise<void> {
    const release = await this.places.enter(this.entrant);
    // The request can have ended between the start of its turn and this line.
    if (this.entrant.signal.aborted) {
      release();
      throw new BusyError('the client has gone');
    }
    this.release = release;
  }

  leave(): void {
    this.release?.();
    this.release = null;
  }

  /** Work that waits for another service needs no place. @throws {BusyError} */
  async whileLeft<T>(work: () => Promise<T>): Promise<T> {
    this.leave();
    const result = await work();
    await this.enter();
    return result;
  }
}

/**
 * On a busy host a request is read late, possibly after its client has given up. Node.js reads the
 * end of a connection one turn of the event loop after the data before it.
 */
async function untilClosingIsRead(): Promise<void> {
  await turn();
  await turn();
}

/**
 * Requests of other networks for the same account do not delay its owner. Those that name no account
 * share one in each network.
 */
export function flowsOf({ owner, network }: Source): Flow[] {
  const account = { key: `account ${owner} ${network}`, step: STEPS.account };
  if (network === undefined) return [account];
  return [account, { key: `network ${network}`, step: STEPS.network }];
}
