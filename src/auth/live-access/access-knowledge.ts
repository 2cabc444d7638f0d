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

/** A running query, and whether a change arrived that its result may not contain. */
export interface Load {
  readonly subject: AccessSubject;
  readonly epoch: number;
  outdated: boolean;
}

export interface KnowledgeOptions {
  /** How long a proof is valid, in milliseconds, from when it was sent. */
  leaseMs: number;
  /** The largest number of known sessions, of known users and of known clients. */
  capacity: number;
  clock?: Clock;
}

/** A proof that took longer than this is not accepted: notifications are late. */
export const SLOWEST_PROOF_MS = 75;

/**
 * The sessions, users and clients that one replica knows, and whether it may use them.
 * docs/security/live-access.md describes the protocol and why no stale answer is possible; each
 * small protected method is one of its safeguards. This class does no I/O: its owner reports
 * changes, proofs, losses and loads.
 */
export class AccessKnowledge {
  readonly counters = { notifications: 0, discardedLoads: 0 };
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

  /** Reads both clocks. Call it when a proof is sent. */
  now(): Instant {
    return { monotonic: this.clock.monotonic(), wall: this.clock.wall() };
  }

  /** Whether all changes up to now have arrived in time. */
  isTrusted(): boolean {
    return this.isBefore(this.lease);
  }

  /** Milliseconds since the newest proof was sent; `null` without a valid proof. */
  proofAgeMs(): number | null {
    if (!this.isTrusted()) return null;
    return this.options.leaseMs - (this.lease.monotonic - this.clock.monotonic());
  }

  /**
   * A proof has returned: every change that was committed before it was sent has arrived.
   * @returns whether it was accepted; a late proof is not.
   */
  prove(sent: Instant): boolean {
    if (this.isLate(sent)) return false;
    if (!this.isTrusted()) this.beginAnew();
    const { leaseMs } = this.options;
    this.lease = { monotonic: sent.monotonic + leaseMs, wall: sent.wall + leaseMs };
    return true;
  }

  /** Changes are no longer received. */
  lose(): void {
    this.lease = NEVER;
  }

  /** The known state of a subject; `null` when a part is missing. */
  find({ sessionId, userId, clientId }: AccessSubject): AccessState | null {
    const session = sessionId === null ? null : this.sessions.get(sessionId);
    const user = userId === null ? null : this.users.get(session?.userId ?? userId);
    const client = clientId === null ? null : this.clients.get(clientId);
    if (session === undefined || user === undefined || client === undefined) return null;
    return { session, user, client };
  }

  /** Call it before a query whose result may be kept. */
  beginLoad(subject: AccessSubject): Load {
    const load: Load = { subject, epoch: this.epoch, outdated: false };
    this.loads.add(load);
    return load;
  }

  /** Ends a load. Its result is kept unless a change may have happened since its begin. */
  endLoad(load: Load, state: AccessState | null): void {
    this.loads.delete(load);
    if (!this.mayKeep(load)) {
      this.counters.discardedLoads += 1;
      return;
    }
    const { sessionId, userId, clientId } = load.subject;
    // A session that belongs to another user than the token is refused and not kept.
    if (!state || (state.session && state.session.userId !== userId)) return;
    if (sessionId !== null && state.session) this.sessions.set(sessionId, state.session);
    if (userId !== null && state.user) this.users.set(userId, state.user);
    if (clientId !== null && state.client) this.clients.set(clientId, state.client);
  }

  /** Whether the result of a load contains every change that has arrived. */
  mayKeep(load: Load): boolean {
    return !load.outdated && load.epoch === this.epoch;
  }

  /** A change was announced: its subject is deleted here, and running loads are marked. */
  receive(change: AccessChange): void {
    this.counters.notifications += 1;
    if (change.all) this.forgetEverything();
    for (const id of change.sessions) this.sessions.delete(id);
    for (const id of change.users) this.users.delete(id);
    for (const id of change.clients) this.clients.delete(id);
    for (const load of this.loads) if (isAbout(change, load.subject)) this.markOutdated(load);
  }

  /** Safeguard: entries from before a loss of the connection are not used after it. */
  protected beginAnew(): void {
    this.forgetEverything();
    this.endEpoch();
  }

  /** Safeguard: a load that began before a change must not restore the old state. */
  protected endEpoch(): void {
    this.epoch += 1;
  }

  /** Safeguard: a load that began before a change must not put the old state back. */
  protected markOutdated(load: Load): void {
    load.outdated = true;
  }

  /** Safeguard: late proofs mean late notifications. Either of the two clocks can show it. */
  protected isLate(sent: Instant): boolean {
    const { monotonic, wall } = this.now();
    return Math.max(monotonic - sent.monotonic, wall - sent.wall) > SLOWEST_PROOF_MS;
  }

  /** Safeguard: the faster of the two clocks ends a lease. */
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
