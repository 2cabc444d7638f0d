import type { AccessChange } from './access-change';
import type {
  AccessState,
  AccessSubject,
  KnownClient,
  KnownSession,
  KnownUser,
} from './access-state';
import { BoundedMap } from './bounded-map';

/** Monotonic and wall clock, in milliseconds. */
export interface Clock {
  monotonic(): number;
  wall(): number;
}

const SYSTEM_CLOCK: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
};

/** A reading of both clocks. */
export interface Instant {
  monotonic: number;
  wall: number;
}

/** A query under way, and whether a change was heard meanwhile that it may have missed. */
export interface Load {
  readonly subject: AccessSubject;
  readonly epoch: number;
  overtaken: boolean;
}

export interface KnowledgeOptions {
  /** How long a proof is valid, in milliseconds, from when it was sent. */
  leaseMs: number;
  /** Sessions, users and clients, each, that are known at most. */
  capacity: number;
  clock?: Clock;
}

/** A proof that took longer than this shows that notifications are late: it does not count. */
export const SLOWEST_PROOF_MS = 75;

/**
 * What one replica knows of sessions, users and clients, and whether it may trust that. The
 * protocol, and why no stale answer can come out of it, is docs/security/live-access.md; each of
 * the small protected methods is one of its safeguards.
 *
 * It does no I/O: its owner reports what was heard, proved, lost and loaded.
 */
export class AccessKnowledge {
  readonly counters = { notifications: 0, loads: 0, discardedLoads: 0 };
  protected readonly clock: Clock;
  private readonly sessions: BoundedMap<KnownSession>;
  private readonly users: BoundedMap<KnownUser>;
  private readonly clients: BoundedMap<KnownClient>;
  private readonly loads = new Set<Load>();
  private lease: Instant = NEVER;
  private epoch = 0;

  constructor(private readonly options: KnowledgeOptions) {
    this.clock = options.clock ?? SYSTEM_CLOCK;
    this.sessions = new BoundedMap(options.capacity);
    this.users = new BoundedMap(options.capacity);
    this.clients = new BoundedMap(options.capacity);
  }

  get knownSessions(): number {
    return this.sessions.size;
  }

  /** Reads both clocks: to be called when a proof is sent. */
  now(): Instant {
    return { monotonic: this.clock.monotonic(), wall: this.clock.wall() };
  }

  /** Whether changes up to now are known to be heard in time. */
  isTrusted(): boolean {
    return this.isBefore(this.lease);
  }

  /** Milliseconds since the newest proof was sent; `null` without one in force. */
  proofAgeMs(): number | null {
    if (!this.isTrusted()) return null;
    return this.options.leaseMs - (this.lease.monotonic - this.clock.monotonic());
  }

  /**
   * A proof came back: everything committed before it was sent has been heard.
   *
   * @returns whether it counted; one that was late does not.
   */
  prove(sent: Instant): boolean {
    if (this.isLate(sent)) return false;
    if (!this.isTrusted()) this.beginAnew();
    const { leaseMs } = this.options;
    this.lease = { monotonic: sent.monotonic + leaseMs, wall: sent.wall + leaseMs };
    return true;
  }

  /** Changes are no longer heard. */
  lose(): void {
    this.lease = NEVER;
  }

  /** What is known of a subject; `null` when a part is missing. */
  find({ sessionId, userId, clientId }: AccessSubject): AccessState | null {
    const session = sessionId === null ? null : this.sessions.get(sessionId);
    const user = userId === null ? null : this.users.get(session?.userId ?? userId);
    const client = clientId === null ? null : this.clients.get(clientId);
    if (session === undefined || user === undefined || client === undefined) return null;
    return { session, user, client };
  }

  /** To be called before a query is sent whose answer may be kept. */
  beginLoad(subject: AccessSubject): Load {
    const load: Load = { subject, epoch: this.epoch, overtaken: false };
    this.loads.add(load);
    this.counters.loads += 1;
    return load;
  }

  /** Ends a load; its answer is kept unless a change may have overtaken it. */
  endLoad(load: Load, state: AccessState | null): void {
    this.loads.delete(load);
    if (!this.mayKeep(load)) {
      this.counters.discardedLoads += 1;
      return;
    }
    const { sessionId, userId, clientId } = load.subject;
    // A session of another user than its token names is refused and not kept.
    if (!state || (state.session && state.session.userId !== userId)) return;
    if (sessionId !== null && state.session) this.sessions.set(sessionId, state.session);
    if (userId !== null && state.user) this.users.set(userId, state.user);
    if (clientId !== null && state.client) this.clients.set(clientId, state.client);
  }

  /** Whether a load can only answer with what has been in force since it was heard of. */
  mayKeep(load: Load): boolean {
    return !load.overtaken && load.epoch === this.epoch;
  }

  /** A change was announced: what it is about is forgotten, and loads under way are marked. */
  hear(change: AccessChange): void {
    this.counters.notifications += 1;
    if (change.all) this.forgetEverything();
    for (const id of change.sessions) this.sessions.delete(id);
    for (const id of change.users) this.users.delete(id);
    for (const id of change.clients) this.clients.delete(id);
    for (const load of this.loads) if (isAbout(change, load.subject)) this.overtake(load);
  }

  /** Safeguard: entries from before a loss of the connection are not used after it. */
  protected beginAnew(): void {
    this.forgetEverything();
    this.endEpoch();
  }

  /** Safeguard: what is being loaded when the replica begins to hear began while it was deaf. */
  protected endEpoch(): void {
    this.epoch += 1;
  }

  /** Safeguard: a load that began before a change must not put the old state back. */
  protected overtake(load: Load): void {
    load.overtaken = true;
  }

  /** Safeguard: late proofs mean late notifications. Either of the two clocks can show it. */
  protected isLate(sent: Instant): boolean {
    const { monotonic, wall } = this.now();
    return Math.max(monotonic - sent.monotonic, wall - sent.wall) > SLOWEST_PROOF_MS;
  }

  /** Safeguard: a lease ends by the clock that is ahead. */
  protected isBefore(end: Instant): boolean {
    return this.clock.monotonic() < end.monotonic && this.clock.wall() < end.wall;
  }

  protected forgetEverything(): void {
    this.sessions.clear();
    this.users.clear();
    this.clients.clear();
  }
}

function isAbout(change: AccessChange, { sessionId, userId, clientId }: AccessSubject): boolean {
  return (
    change.all ||
    (sessionId !== null && change.sessions.includes(sessionId)) ||
    (userId !== null && change.users.includes(userId)) ||
    (clientId !== null && change.clients.includes(clientId))
  );
}

const NEVER: Instant = { monotonic: -Infinity, wall: -Infinity };
