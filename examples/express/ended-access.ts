/** What a token says, as far as access depends on it. */
export interface TokenSubject {
  userId: string | null;
  sessionId: string | null;
  clientId: string | null;
  keyId: string;
  /** Seconds since the epoch. */
  issuedAt: number;
}

/** Of one event: ids and times. */
export type EventData = Readonly<Record<string, string | null | undefined>>;

/** Longer than the lifetime of an access token: what ended earlier concerns no living token. */
export const MEMORY_SECONDS = 3_600;

/** More facts than this are replaced by one: every token that was issued before is refused. */
const MOST_FACTS = 100_000;

/** Ids of so many events are kept: after an interruption the events of the last seconds come again. */
const KNOWN_EVENTS = 10_000;

interface Fact {
  value: number | string;
  learnedAt: number;
}

/** A key, and its value from now on; `null`: access is back. */
type Effect = [key: string, value: Fact['value'] | null];

const EFFECTS: Record<string, (data: EventData, now: number) => Effect | null> = {
  'session-ended': ({ sessionId, at }) => [`session ${sessionId}`, toSeconds(at, 0)],
  'user-banned': ({ userId, until }) => [`user ${userId}`, toSeconds(until, Infinity)],
  'user-deleted': ({ userId }) => [`user ${userId}`, Infinity],
  'ban-lifted': ({ userId }) => [`user ${userId}`, null],
  'role-changed': ({ userId, role }) => [`role ${userId}`, String(role)],
  'client-disabled': ({ clientId }) => [`client ${clientId}`, Infinity],
  'client-deleted': ({ clientId }) => [`client ${clientId}`, Infinity],
  'client-enabled': ({ clientId }) => [`client ${clientId}`, null],
  'client-changed': ({ clientId }, now) => [`before ${clientId}`, now],
  'grant-ended': ({ sessionId, clientId }, now) => [`before ${sessionId} ${clientId}`, now],
  'key-withdrawn': ({ keyId }) => [`key ${keyId}`, Infinity],
  'credentials-changed': () => null,
};

/** What the events say, for as long as a token can live. */
export class EndedAccess {
  private readonly facts = new Map<string, Fact>();
  private readonly known = new Set<string>();
  private allBefore = 0;

  /** @param onReload the keys are not certain either. */
  constructor(private readonly onReload: () => void) {}

  apply(kind: string, data: EventData): void {
    if (this.isDuplicate(data.eventId)) return;
    const now = Date.now() / 1_000;
    // `reload`, or an event of a later version.
    if (!Object.hasOwn(EFFECTS, kind)) return this.refuseAllBefore(now);
    const effect = EFFECTS[kind]?.(data, now);
    if (effect) this.learn(...effect);
  }

  /** The reason why access has ended, for the log; `null`: it has not. */
  reason({ userId, sessionId, clientId, keyId, issuedAt }: TokenSubject): string | null {
    const now = Date.now() / 1_000;
    const isBefore = (key: string) => issuedAt <= this.time(key, 0);
    if (this.time(`key ${keyId}`, 0) > now) return 'key is withdrawn';
    if (this.time(`session ${sessionId}`, Infinity) <= now) return 'session has ended';
    if (this.time(`user ${userId}`, 0) > now) return 'user is banned or deleted';
    if (this.time(`client ${clientId}`, 0) > now) return 'client is disabled';
    if (isBefore(`before ${clientId}`)) return 'client has changed';
    if (isBefore(`before ${sessionId} ${clientId}`)) return 'grant has ended';
    return issuedAt <= this.allBefore ? 'token was issued before a reload' : null;
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
    if (this.facts.size > MOST_FACTS) this.refuseAllBefore(learnedAt);
  }

  private refuseAllBefore(time: number): void {
    this.facts.clear();
    this.allBefore = time;
    this.onReload();
  }
}

/** @param otherwise for `null` and `infinity`. */
function toSeconds(time: string | null | undefined, otherwise: number): number {
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? otherwise : milliseconds / 1_000;
}
