import fc from 'fast-check';
import type { AccessChange } from '../../../src/auth/live-access/access-change';
import {
  AccessKnowledge,
  type Instant,
  SLOWEST_PROOF_MS,
} from '../../../src/auth/live-access/access-knowledge';
import type {
  AccessState,
  AccessSubject,
  KnownClient,
  KnownSession,
  KnownUser,
} from '../../../src/auth/live-access/access-state';
import { LiveAccess } from '../../../src/auth/live-access/live-access';

const LEASE_MS = 1_000;

const USER_ID = 'u';
const CLIENT_ID = 'c';

/**
 * Origin of a request: two sessions of one user, one of them also through the client; the client
 * alone.
 */
const SUBJECTS: AccessSubject[] = [
  { sessionId: 's0', userId: USER_ID, clientId: null },
  { sessionId: 's1', userId: USER_ID, clientId: null },
  { sessionId: 's1', userId: USER_ID, clientId: CLIENT_ID },
  { sessionId: null, userId: null, clientId: CLIENT_ID },
];

/** The part of the protocol that a test removes. */
export interface Variant {
  Knowledge: typeof AccessKnowledge;
  Access: typeof LiveAccess;
  leaseRunsFromReceipt: boolean;
}

/** Of the user (the profile is known with the role), of one of the sessions (its end, its beginning, the end of a grant), or of the client. */
type Change = 'role' | 'ban' | 'profile' | 'end' | 'begin' | 'revoke' | 'disable';

/**
 * One step around a replica. Steps occur in every order; numbers select one of the operations in
 * progress.
 */
export type Step =
  | { do: 'commit'; what: Change; session: number }
  | { do: 'request'; subject: number }
  | { do: 'readForLoad' | 'answerLoad' | 'failLoad'; pick: number }
  | { do: 'sendProof' | 'deliver' | 'loseSilently' | 'noticeLoss' | 'reconnect' }
  | { do: 'commitProof'; pick: number }
  | { do: 'wait' | 'sleepWithClock'; ms: number };

const anySession = fc.nat(1);
const anySubject = fc.nat(SUBJECTS.length - 1);
const pick = fc.nat(3);
const ms = fc.constantFrom(1, 30, 80, 120, 400, LEASE_MS + 1);

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('request' as const), subject: anySubject }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      what: fc.constantFrom<Change[]>(
        'role',
        'ban',
        'profile',
        'end',
        'begin',
        'revoke',
        'disable',
      ),
      session: anySession,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('readForLoad' as const, 'answerLoad' as const),
      pick,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('failLoad' as const), pick }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('sendProof' as const, 'deliver' as const) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('commitProof' as const), pick }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('loseSilently' as const, 'noticeLoss' as const, 'reconnect' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('wait' as const, 'sleepWithClock' as const), ms }),
  },
);

/** A proof that returns at once, which random steps rarely produce. */
const PROMPT_PROOF: Step[] = [
  { do: 'sendProof' },
  { do: 'commitProof', pick: 0 },
  { do: 'deliver' },
  { do: 'deliver' },
];

const promptLoad = anySubject.map((number): Step[] => [
  { do: 'request', subject: number },
  { do: 'readForLoad', pick: 0 },
  { do: 'answerLoad', pick: 0 },
]);

/** A proof that returns too late, by either clock. */
const lateProof = fc
  .constantFrom('wait' as const, 'sleepWithClock' as const)
  .map((what): Step[] => [{ do: 'sendProof' }, { do: what, ms: 400 }, ...PROMPT_PROOF.slice(1)]);

/** More than a lease passes, at most. */
const QUIET_TIME: Step[] = Array.from({ length: 3 }, (): Step[] => [
  { do: 'wait', ms: 400 },
  ...PROMPT_PROOF,
]).flat();

/** A change whose notification is lost, possibly during a load. */
const missedChange = fc
  .record({ what: fc.constantFrom<Change[]>('ban', 'disable'), ms })
  .map(({ what, ms: pause }): Step[] => [
    { do: 'noticeLoss' },
    { do: 'commit', what, session: 0 },
    { do: 'reconnect' },
    { do: 'wait', ms: pause },
  ]);

export const steps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.oneof(
      { weight: 24, arbitrary: anyStep.map((step) => [step]) },
      { weight: 6, arbitrary: fc.constant(PROMPT_PROOF) },
      { weight: 6, arbitrary: promptLoad },
      { weight: 1, arbitrary: fc.constant(QUIET_TIME) },
      { weight: 1, arbitrary: missedChange },
      { weight: 1, arbitrary: lateProof },
    ),
    { minLength: 5, maxLength: 40, size: 'max' },
  )
  .map((parts) => parts.flat());

/** An earlier version of a part of the state, and until when a request may be judged by it. */
interface Version<Value> {
  /** `null`: no row. Compared by identity: each change makes a new object. */
  value: Value | null;
  /** When the next version was committed; `null` for the current one. */
  supersededAt: number | null;
  /** When the replica received the notification. */
  heardAt: number | null;
}

/** All versions of a part, the newest last. */
type History<Value> = Version<Value>[];

interface PendingLoad {
  subject: AccessSubject;
  /** The version that it has read; `undefined`: none yet. */
  state: AccessState | null | undefined;
  resolve(state: AccessState | null): void;
  reject(error: Error): void;
}

interface Proof {
  sent: Instant;
  sentAt: number;
}

type Message = { change: AccessChange; version: Version<object> } | { proof: Proof };

/**
 * A database, a listening connection and a replica with their own clock. The replica's code is the
 * real one. The rest is a model: PostgreSQL delivers in commit order, and a load reads one
 * committed state at some moment between its beginning and its end. A request may be judged by
 * versions that were current at its beginning or later. It may be judged by an older version only
 * while the replica has no notification, and only within one lease of the newest proof that was
 * sent before the change and returned in time.
 */
export class Simulation {
  readonly staleAnswers: string[] = [];
  answersFromMemory = 0;
  private readonly knowledge: AccessKnowledge;
  private readonly access: LiveAccess;
  private readonly sessions = [begin(newSession()), begin(newSession())];
  private readonly user: History<KnownUser> = begin({
    role: 'user',
    banned: false,
    banExpires: null,
    profile: null,
  });
  private readonly client: History<KnownClient> = begin({
    disabled: false,
    firstParty: false,
    scopes: [],
    ownScopes: [],
    resources: [],
  });
  private readonly loads: PendingLoad[] = [];
  private readonly proofs: Proof[] = [];
  /** Notifications in transit; `null` without a connection. */
  private queue: Message[] | null = [];
  private isSilent = false;
  private readonly goodProofs: number[] = [];
  /** True time; the host's monotonic clock excludes the time of pauses. */
  private time = 0;
  private slept = 0;

  constructor(private readonly variant: Partial<Variant>) {
    const { Knowledge = AccessKnowledge, Access = LiveAccess } = variant;
    this.knowledge = new Knowledge({
      leaseMs: LEASE_MS,
      capacity: 100,
      clock: { monotonic: () => this.time - this.slept, wall: () => this.time },
    });
    this.access = new Access(this.knowledge, (subject) => this.load(subject));
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'commit':
        this.commit(step.session, step.what);
        break;
      case 'request':
        this.request(SUBJECTS[step.subject]!);
        break;
      case 'readForLoad':
        this.readForLoad(step.pick);
        break;
      case 'answerLoad':
        this.endLoad(step.pick, false);
        break;
      case 'failLoad':
        this.endLoad(step.pick, true);
        break;
      case 'wait':
        this.time += step.ms;
        break;
      case 'sleepWithClock':
        this.time += step.ms;
        this.slept += step.ms;
        break;
      case 'commitProof':
        this.commitProof(step.pick);
        break;
      default:
        this.takeOnConnection(step.do);
    }
    await drain();
  }

  private takeOnConnection(
    what: 'sendProof' | 'deliver' | 'loseSilently' | 'noticeLoss' | 'reconnect',
  ): void {
    if (what === 'sendProof' && this.queue) {
      this.proofs.push({ sent: this.knowledge.now(), sentAt: this.time });
    }
    if (what === 'deliver') this.deliver();
    if (what === 'loseSilently') this.isSilent = true;
    if (what === 'noticeLoss') {
      this.knowledge.lose();
      this.queue = null;
      // Proofs are numbered for each connection: a proof of an old connection does not count.
      this.proofs.length = 0;
    }
    if (what === 'reconnect' && !this.queue) {
      this.queue = [];
      this.isSilent = false;
    }
  }

  private commit(number: number, what: Change): void {
    const nothing = { users: [], sessions: [], clients: [], all: false, keys: false };
    if (what === 'role' || what === 'ban' || what === 'profile') {
      const version = this.supersede(this.user, changedUser(valueOf(this.user)!, what));
      this.enqueue({ change: { ...nothing, users: [USER_ID] }, version });
      return;
    }
    if (what === 'disable') {
      const { disabled, ...others } = valueOf(this.client)!;
      const version = this.supersede(this.client, { ...others, disabled: !disabled });
      this.enqueue({ change: { ...nothing, clients: [CLIENT_ID] }, version });
      return;
    }
    const session = this.sessions[number]!;
    // Nothing to change.
    if ((valueOf(session) === null) === (what !== 'begin')) return;
    // A new grant is not announced, so in the model an ended grant is valid again.
    const version = this.supersede(session, what === 'end' ? null : newSession());
    // A new session is not announced, because missing rows are never cached.
    if (what !== 'begin') {
      this.enqueue({ change: { ...nothing, sessions: [`s${number}`] }, version });
    }
  }

  /** @returns the version that has ended. */
  private supersede<Value extends object>(
    history: History<Value>,
    value: Value | null,
  ): Version<Value> {
    const current = history.at(-1)!;
    current.supersededAt = this.time;
    history.push(...begin(value));
    return current;
  }

  private enqueue(message: Message): void {
    if (this.queue && !this.isSilent) this.queue.push(message);
  }

  private deliver(): void {
    const message = this.queue?.shift();
    if (!message) return;
    if ('change' in message) {
      this.knowledge.receive(message.change);
      message.version.heardAt = this.time;
      return;
    }
    const { sent, sentAt } = message.proof;
    if (this.time - sentAt <= SLOWEST_PROOF_MS) this.goodProofs.push(sentAt);
    this.knowledge.prove(this.variant.leaseRunsFromReceipt ? this.knowledge.now() : sent);
  }

  private commitProof(pickNumber: number): void {
    const [proof] = this.proofs.splice(pickNumber % Math.max(this.proofs.length, 1), 1);
    if (proof) this.enqueue({ proof });
  }

  private load(subject: AccessSubject): Promise<AccessState | null> {
    return new Promise((resolve, reject) => {
      this.loads.push({ subject, state: undefined, resolve, reject });
    });
  }

  private readForLoad(pickNumber: number): void {
    const load = this.loads[pickNumber % Math.max(this.loads.length, 1)];
    if (load) load.state = this.read(load.subject);
  }

  /** One query reads all parts at one moment. */
  private read(subject: AccessSubject): AccessState | null {
    const { session, user, client } = this.partsOf(subject);
    if (session && valueOf(session) === null) return null;
    return {
      session: session && valueOf(session),
      user: user && valueOf(user),
      client: client && valueOf(client),
    };
  }

  private partsOf({ sessionId, userId, clientId }: AccessSubject) {
    return {
      session: sessionId === null ? null : this.sessions[Number(sessionId.slice(1))]!,
      user: userId === null ? null : this.user,
      client: clientId === null ? null : this.client,
    };
  }

  private endLoad(pickNumber: number, fails: boolean): void {
    const index = pickNumber % Math.max(this.loads.length, 1);
    const load = this.loads[index];
    if (!load || (!fails && load.state === undefined)) return;
    this.loads.splice(index, 1);
    if (fails) load.reject(new Error('the database is away'));
    else load.resolve(load.state!);
  }

  private request(subject: AccessSubject): void {
    const began = this.time;
    const loadsBefore = this.loads.length;
    const answer = this.access.stateOf(subject);
    const isKnown = this.loads.length === loadsBefore;
    answer.then(
      (state) => {
        if (isKnown) this.answersFromMemory += 1;
        this.judge({ subject, state, began });
      },
      () => undefined,
    );
  }

  /** Each part counts separately, because they may come from different loads. */
  private judge({ subject, state, began }: Judged): void {
    const { session, user, client } = this.partsOf(subject);
    if (session) this.judgePart(session, { value: state && state.session, began });
    if (!state) return;
    if (user) this.judgePart(user, { value: state.user, began });
    if (client) this.judgePart(client, { value: state.client, began });
  }

  private judgePart<Value extends object>(
    history: History<Value>,
    { value, began }: { value: Value | null; began: number },
  ): void {
    const version = history.findLast((each) => each.value === value)!;
    const { supersededAt, heardAt } = version;
    if (supersededAt === null || began <= supersededAt) return;
    const proof = Math.max(
      -Infinity,
      ...this.goodProofs.filter((sentAt) => sentAt <= supersededAt),
    );
    const deadline = Math.min(heardAt ?? Infinity, proof + LEASE_MS);
    if (began > deadline) {
      this.staleAnswers.push(
        `began ${began}, superseded ${supersededAt}, allowed until ${deadline}`,
      );
    }
  }
}

interface Judged {
  subject: AccessSubject;
  state: AccessState | null;
  /** When the request began. */
  began: number;
}

function begin<Value>(value: Value | null): History<Value> {
  return [{ value, supersededAt: null, heardAt: null }];
}

function valueOf<Value>(history: History<Value>): Value | null {
  return history.at(-1)!.value;
}

function newSession(): KnownSession {
  return { userId: USER_ID, expiresAt: Infinity, grants: { [CLIENT_ID]: 0 } };
}

function changedUser(user: KnownUser, what: 'role' | 'ban' | 'profile'): KnownUser {
  if (what === 'profile') return { ...user, profile: null };
  if (what === 'ban') return { ...user, banned: !user.banned };
  return { ...user, role: user.role === 'admin' ? 'user' : 'admin' };
}

/** Runs everything that does not wait for a step. */
async function drain(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}
