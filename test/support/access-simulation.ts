import fc from 'fast-check';
import type { AccessChange } from '../../src/auth/live-access/access-change';
import {
  AccessKnowledge,
  type Instant,
  SLOWEST_PROOF_MS,
} from '../../src/auth/live-access/access-knowledge';
import type { AccessState, KnownUser } from '../../src/auth/live-access/access-state';
import { LiveAccess } from '../../src/auth/live-access/live-access';

const LEASE_MS = 1_000;

const USER_ID = 'u';

/** What a test may take out of the protocol. */
export interface Variant {
  Knowledge: typeof AccessKnowledge;
  Access: typeof LiveAccess;
  leaseRunsFromReceipt: boolean;
}

/**
 * One step of the world around a replica. Every order of them may happen; numbers pick
 * one of what is under way.
 */
export type Step =
  | { do: 'commit'; what: 'role' | 'ban' | 'end' | 'begin'; session: number }
  | { do: 'request'; session: number }
  | { do: 'readForLoad' | 'answerLoad' | 'failLoad'; pick: number }
  | { do: 'sendProof' | 'deliver' | 'loseSilently' | 'noticeLoss' | 'reconnect' }
  | { do: 'commitProof'; pick: number }
  | { do: 'wait' | 'sleepWithClock'; ms: number };

const session = fc.nat(1);
const pick = fc.nat(3);
const ms = fc.constantFrom(1, 30, 80, 120, 400, LEASE_MS + 1);

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('request' as const), session }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      what: fc.constantFrom('role' as const, 'ban' as const, 'end' as const, 'begin' as const),
      session,
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

/** A proof that comes back at once, which random steps seldom line up by themselves. */
const PROMPT_PROOF: Step[] = [
  { do: 'sendProof' },
  { do: 'commitProof', pick: 0 },
  { do: 'deliver' },
  { do: 'deliver' },
];

const promptLoad = session.map((number): Step[] => [
  { do: 'request', session: number },
  { do: 'readForLoad', pick: 0 },
  { do: 'answerLoad', pick: 0 },
]);

/** A proof that comes back too late, whichever clock notices it. */
const lateProof = fc
  .constantFrom('wait' as const, 'sleepWithClock' as const)
  .map((what): Step[] => [{ do: 'sendProof' }, { do: what, ms: 400 }, ...PROMPT_PROOF.slice(1)]);

/** More than a lease goes by, and is never over. */
const QUIET_TIME: Step[] = Array.from({ length: 3 }, (): Step[] => [
  { do: 'wait', ms: 400 },
  ...PROMPT_PROOF,
]).flat();

/** A change that is missed altogether, while a load may be under way. */
const missedChange = fc
  .record({ session, ms })
  .map(({ session: number, ms: pause }): Step[] => [
    { do: 'noticeLoss' },
    { do: 'commit', what: 'ban', session: number },
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

/** A state that was in force once, and until when which request may still be judged by it. */
interface Version {
  state: AccessState | null;
  /** When the next state was committed; `null` while in force. */
  supersededAt: number | null;
  /** When the replica was told so. */
  heardAt: number | null;
}

interface PendingLoad {
  sessionId: string;
  version: Version | null;
  resolve(state: AccessState | null): void;
  reject(error: Error): void;
}

interface Proof {
  sent: Instant;
  sentAt: number;
}

type Message = { change: AccessChange; versions: Version[] } | { proof: Proof };

/**
 * A database, a listening connection and a replica, on a clock of their own. The replica's
 * code is the real one; the rest is the model: PostgreSQL delivers in commit order, and a
 * load reads one committed state at some moment between its beginning and its end.
 *
 * A request may be judged by a state that was in force when it began or later. It may be
 * judged by an older one only as long as the replica had not been told, and only within
 * one lease of the newest proof that was sent before the change and came back in time.
 */
export class Simulation {
  readonly staleAnswers: string[] = [];
  answersFromMemory = 0;
  private readonly knowledge: AccessKnowledge;
  private readonly access: LiveAccess;
  /** Two sessions of one user. */
  private readonly versions: Version[][] = [[], []];
  private user: KnownUser = { role: 'user', banned: false, banExpires: null };
  private readonly loads: PendingLoad[] = [];
  private readonly proofs: Proof[] = [];
  /** What the listening connection has not brought yet; `null` while there is none. */
  private queue: Message[] | null = [];
  private isSilent = false;
  private readonly goodProofs: number[] = [];
  /** True time; the machine's monotonic clock lags behind it by what it slept through. */
  private time = 0;
  private slept = 0;

  constructor(private readonly variant: Partial<Variant>) {
    const { Knowledge = AccessKnowledge, Access = LiveAccess } = variant;
    this.knowledge = new Knowledge({
      leaseMs: LEASE_MS,
      capacity: 100,
      clock: { monotonic: () => this.time - this.slept, wall: () => this.time },
    });
    this.access = new Access(this.knowledge, (sessionId) => this.load(sessionId));
    for (const versions of this.versions) versions.push(inForce(freshState(this.user)));
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'commit':
        this.commit(step.session, step.what);
        break;
      case 'request':
        this.request(step.session);
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
    await settle();
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
      // Proofs are numbered for their connection: those of an old one mean nothing to the next.
      this.proofs.length = 0;
    }
    if (what === 'reconnect' && !this.queue) {
      this.queue = [];
      this.isSilent = false;
    }
  }

  private commit(number: number, what: 'role' | 'ban' | 'end' | 'begin'): void {
    const nothing = { users: [], sessions: [], all: false, keys: false };
    if (what === 'role' || what === 'ban') {
      this.user = changedUser(this.user, what);
      const versions = [0, 1].flatMap((each) => this.supersede(each, this.stateOf(each)));
      this.enqueue({ change: { ...nothing, users: [USER_ID] }, versions });
      return;
    }
    const versions = this.supersede(number, what === 'end' ? null : freshState(this.user));
    // A session that begins is not announced: absence is never remembered.
    if (what === 'end')
      this.enqueue({ change: { ...nothing, sessions: [`s${number}`] }, versions });
  }

  private stateOf(number: number): AccessState | null {
    return this.versions[number]!.at(-1)!.state && freshState(this.user);
  }

  /** @returns the version that is over now; none when there was nothing to change. */
  private supersede(number: number, state: AccessState | null): Version[] {
    const versions = this.versions[number]!;
    const current = versions.at(-1)!;
    if ((current.state === null) === (state === null) && current.state?.user === state?.user)
      return [];
    current.supersededAt = this.time;
    versions.push(inForce(state));
    return [current];
  }

  private enqueue(message: Message): void {
    if (this.queue && !this.isSilent) this.queue.push(message);
  }

  private deliver(): void {
    const message = this.queue?.shift();
    if (!message) return;
    if ('change' in message) {
      this.knowledge.hear(message.change);
      for (const version of message.versions) version.heardAt = this.time;
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

  private load(sessionId: string): Promise<AccessState | null> {
    return new Promise((resolve, reject) => {
      this.loads.push({ sessionId, version: null, resolve, reject });
    });
  }

  private readForLoad(pickNumber: number): void {
    const load = this.loads[pickNumber % Math.max(this.loads.length, 1)];
    if (load) load.version = this.versions[Number(load.sessionId.slice(1))]!.at(-1)!;
  }

  private endLoad(pickNumber: number, fails: boolean): void {
    const index = pickNumber % Math.max(this.loads.length, 1);
    const load = this.loads[index];
    if (!load || (!fails && !load.version)) return;
    this.loads.splice(index, 1);
    if (fails) load.reject(new Error('the database is away'));
    else load.resolve(load.version!.state);
  }

  private request(number: number): void {
    const began = this.time;
    const loadsBefore = this.loads.length;
    const answer = this.access.stateOf(`s${number}`, USER_ID);
    const isKnown = this.loads.length === loadsBefore;
    answer.then(
      (state) => {
        if (isKnown) this.answersFromMemory += 1;
        this.judge({ number, state, began });
      },
      () => undefined,
    );
  }

  private judge({
    number,
    state,
    began,
  }: {
    number: number;
    state: AccessState | null;
    began: number;
  }): void {
    // Compared by identity: each change of the user makes a new object. The user may be newer
    // than the session beside it: then the session's last state counts.
    const versions = this.versions[number]!;
    const version =
      versions.findLast((each) => each.state?.user === state?.user) ??
      versions.findLast((each) => each.state !== null)!;
    if (version.supersededAt === null || began <= version.supersededAt) return;
    const { supersededAt, heardAt } = version;
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

function inForce(state: AccessState | null): Version {
  return { state, supersededAt: null, heardAt: null };
}

function freshState(user: KnownUser): AccessState {
  return { session: { userId: USER_ID, expiresAt: Infinity }, user };
}

function changedUser(user: KnownUser, what: 'role' | 'ban'): KnownUser {
  if (what === 'ban') return { ...user, banned: !user.banned };
  return { ...user, role: user.role === 'admin' ? 'user' : 'admin' };
}

/** Lets everything run that is not waiting for a step. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}
