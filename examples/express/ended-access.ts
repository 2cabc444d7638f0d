/** What a token says, as far as access depends on it. */
export interface TokenSubject {
  userId: string | null;
  sessionId: string | null;
  clientId: string | null;
  keyId: string;
  /** Seconds since the epoch. */
  issuedAt: number;
  expiresAt: number;
}

/** Why a token is not accepted. */
export interface Objection {
  reason: string;
  /** The events do not tell whether the token is in force. Introspection does. */
  isDoubt: boolean;
}

/** Of one event: ids and times. */
export type EventData = Readonly<Record<string, string | null | undefined>>;

/** What ended earlier concerns no token that lives for at most an hour. Others are in doubt. */
export const MEMORY_SECONDS = 4_200;
const LONGEST_LIFETIME_SECONDS = 3_600;

/**
 * The events of the past have the time of their writing. A token that was issued between the writing
 * and the commit is in doubt, for transactions of up to this length.
 */
const LONGEST_TRANSACTION_SECONDS = 60;

/** More facts than this are replaced by one: every token that was issued before is in doubt. */
const MOST_FACTS = 100_000;

/** Ids of so many events are kept: after an interruption the events of the last seconds come again. */
const KNOWN_EVENTS = 10_000;

interface Fact {
  value: number | string;
  learnedAt: number;
}

/** A key, and its value from now on; `null`: access is back. */
type Effect = [key: string, value: Fact['value'] | null];

/** @param committed the latest time at which the change can have been committed. */
type ToEffect = (data: EventData, committed: number) => Effect | null;

const EFFECTS: Record<string, ToEffect> = {
  'session-ended': ({ sessionId, at }) => [`session ${sessionId}`, toSeconds(at, 0)],
  'user-banned': ({ userId, until }) => [`user ${userId}`, toSeconds(until, Infinity)],
  'user-deleted': ({ userId }) => [`user ${userId}`, Infinity],
  'ban-lifted': ({ userId }) => [`user ${userId}`, null],
  'role-changed': ({ userId, role }) => [`role ${userId}`, String(role)],
  'client-disabled': ({ clientId }) => [`client ${clientId}`, Infinity],
  'client-deleted': ({ clientId }) => [`client ${clientId}`, Infinity],
  'client-enabled': ({ clientId }) => [`client ${clientId}`, null],
  'client-changed': ({ clientId }, committed) => [`before ${clientId}`, committed],
  'grant-ended': ({ sessionId, clientId }, committed) => [
    `before ${sessionId} ${clientId}`,
    committed,
  ],
  'key-withdrawn': ({ keyId }) => [`key ${keyId}`, Infinity],
  'credentials-changed': () => null,
};

/** What the events say, for as long as a token can live. */
export class EndedAccess {
  /** Whether the events of the past have been read. */
  private isComplete = false;
  private readonly facts = new Map<string, Fact>();
  private readonly known = new Set<string>();
  private allBefore = 0;

  /** @param onReload the keys are not certain either. */
  constructor(private readonly onReload: () => void) {}

  apply(kind: string, data: EventData): void {
    if (this.isDuplicate(data.eventId)) return;
    const committed = this.latestCommit(data);
    // `reload`, or an event of a later version.
    if (!Object.hasOwn(EFFECTS, kind)) return this.doubtAllBefore(committed);
    const effect = EFFECTS[kind]?.(data, committed);
    if (effect) this.learn(...effect);
    const { sessionId, clientId, time } = data;
    if (kind === 'grant-ended') this.learn(`ended ${sessionId} ${clientId}`, toSeconds(time, 0));
  }

  /** The stream has proved that it is complete: further events have just been committed. */
  complete(): void {
    this.isComplete = true;
  }

  /** Why the token is not accepted; `null`: it is. */
  objection(subject: TokenSubject): Objection | null {
    const end = this.endOf(subject);
    if (end !== null) return { reason: end, isDoubt: false };
    const doubt = this.doubtAbout(subject);
    return doubt === null ? null : { reason: doubt, isDoubt: true };
  }

  private endOf(subject: TokenSubject): string | null {
    const { userId, sessionId, clientId, keyId, issuedAt } = subject;
    const now = Date.now() / 1_000;
    if (this.time(`key ${keyId}`, 0) > now) return 'key is withdrawn';
    if (this.time(`session ${sessionId}`, Infinity) <= now) return 'session has ended';
    if (this.time(`user ${userId}`, 0) > now) return 'user is banned or deleted';
    if (this.time(`client ${clientId}`, 0) > now) return 'client is disabled';
    // The time of issue has no fraction.
    const isEnded = issuedAt + 1 <= this.time(`ended ${sessionId} ${clientId}`, 0);
    return isEnded ? 'grant has ended' : null;
  }

  private doubtAbout({ sessionId, clientId, ...token }: TokenSubject): string | null {
    const { issuedAt, expiresAt } = token;
    const isBefore = (key: string) => issuedAt <= this.time(key, 0);
    if (isBefore(`before ${clientId}`)) return 'client has changed';
    if (isBefore(`before ${sessionId} ${clientId}`)) return 'grant has ended';
    if (issuedAt <= this.allBefore) return 'token was issued before a reload';
    const isLong = expiresAt - issuedAt > LONGEST_LIFETIME_SECONDS;
    return isLong ? 'token lives longer than the ends are remembered' : null;
  }

  /** The role in force; `undefined`: it has not changed, the token has it. */
  role(userId: string | null): string | undefined {
    return this.facts.get(`role ${userId}`)?.value as string | undefined;
  }

  /** An earlier role that comes again must not replace the one in force. */
  private isDuplicate(eventId: string | null | undefined): boolean {
    // A `reload` can have no id.
    if (typeof eventId !== 'string') return false;
    if (this.known.has(eventId)) return true;
    this.known.add(eventId);
    for (const oldest of this.known) {
      if (this.known.size <= KNOWN_EVENTS) break;
      this.known.delete(oldest);
    }
    return false;
  }

  private latestCommit({ time }: EventData): number {
    const now = Date.now() / 1_000;
    const written = toSeconds(time, now);
    return this.isComplete
      ? Math.max(now, written)
      : Math.min(now, written + LONGEST_TRANSACTION_SECONDS);
  }

  private time(key: string, otherwise: number): number {
    return Number(this.facts.get(key)?.value ?? otherwise);
  }

  /** The oldest fact is the first of the map. */
  private learn(key: string, value: Fact['value'] | null): void {
    const learnedAt = Date.now() / 1_000;
    this.facts.delete(key);
    if (value !== null) this.facts.set(key, { value, learnedAt });
    for (const [oldest, fact] of this.facts) {
      if (fact.learnedAt > learnedAt - MEMORY_SECONDS) break;
      this.facts.delete(oldest);
    }
    if (this.facts.size > MOST_FACTS) this.doubtAllBefore(learnedAt);
  }

  private doubtAllBefore(time: number): void {
    this.facts.clear();
    this.allBefore = Math.max(this.allBefore, time);
    this.onReload();
  }
}

/** @param otherwise for `null` and `infinity`. */
function toSeconds(time: string | null | undefined, otherwise: number): number {
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? otherwise : milliseconds / 1_000;
}
