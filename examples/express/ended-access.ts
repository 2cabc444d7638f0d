/** What a token says, as far as access depends on it. Times in seconds since the epoch. */
export interface TokenSubject {
  userId: string | null;
  sessionId: string | null;
  clientId: string | null;
  keyId: string;
  issuedAt: number;
  expiresAt: number;
}

/** Of one event: ids and times. */
export type EventData = Readonly<Record<string, string | null | undefined>>;

/** What ended earlier concerns no token that lives for at most an hour. Others are in doubt. */
export const MEMORY_SECONDS = 4_200;
const LONGEST_LIFETIME_SECONDS = 3_600;

/** More facts than this are replaced by one: every token that was issued before is in doubt. */
const MOST_FACTS = 100_000;

/** Without a proof for this time the stream is not current. So the clocks differ by less than this. */
export const LEASE_SECONDS = 3;

interface Fact {
  /** A role, or from when until when access has ended. */
  value: string | readonly [from: number, until: number];
  /** Of the event. */
  number: number;
  learnedAt: number;
}

const NEVER = [Infinity, Infinity] as const;
const ALWAYS = [0, Infinity] as const;

/** The key of a fact, and its value from now on. */
type Effect = (data: EventData) => [key: string, value: Fact['value']];

const EFFECTS = new Map<string, Effect>([
  ['session-ended', ({ sessionId, at }) => [`session ${sessionId}`, [toSeconds(at, 0), Infinity]]],
  ['user-banned', ({ userId, until }) => [`user ${userId}`, [0, toSeconds(until, Infinity)]]],
  ['ban-lifted', ({ userId }) => [`user ${userId}`, NEVER]],
  ['user-deleted', ({ userId }) => [`user ${userId}`, ALWAYS]],
  ['role-changed', ({ userId, role }) => [`role ${userId}`, String(role)]],
  ['client-disabled', ({ clientId }) => [`client ${clientId}`, ALWAYS]],
  ['client-deleted', ({ clientId }) => [`client ${clientId}`, ALWAYS]],
  ['client-enabled', ({ clientId }) => [`client ${clientId}`, NEVER]],
  ['key-withdrawn', ({ keyId }) => [`key ${keyId}`, ALWAYS]],
]);

/** What the events say, for as long as a token can live. */
export class EndedAccess {
  /** The oldest fact is the first. */
  private readonly facts = new Map<string, Fact>();
  private allBefore = 0;

  /** @param onReload the keys are not certain either. */
  constructor(private readonly onReload: () => void) {}

  apply(kind: string, data: EventData): void {
    // A token that was issued at this time by the clock of the issuer, or earlier, is in doubt.
    const moment = now() + LEASE_SECONDS;
    const effect = EFFECTS.get(kind);
    if (effect !== undefined) {
      this.learn(...effect(data), Number(data.eventId));
    } else if (kind === 'client-changed') {
      this.learn(`issued ${data.clientId}`, [0, moment]);
    } else if (kind === 'grant-ended') {
      const key = `issued ${data.sessionId} ${data.clientId}`;
      this.learn(key, [toSeconds(data.time, 0), moment]);
    } else if (kind !== 'credentials-changed') {
      // `reload`, or an event of a later version.
      this.doubtAllBefore(moment);
    }
  }

  /** What of the token has ended, for the log; `null`: nothing. */
  endOf({ userId, sessionId, clientId, keyId, issuedAt }: TokenSubject): string | null {
    const keys = [`key ${keyId}`, `session ${sessionId}`, `user ${userId}`, `client ${clientId}`];
    const ended = keys.find((key) => {
      const [from, until] = this.times(key, NEVER);
      return from <= now() && now() < until;
    });
    if (ended !== undefined) return `access of the ${ended} has ended`;
    const [grantEnd] = this.times(`issued ${sessionId} ${clientId}`, [0, 0]);
    // The time of issue has no fraction.
    return issuedAt + 1 <= grantEnd ? 'the grant has ended' : null;
  }

  /** Whether the events do not tell that the token is in force. Introspection does. */
  isInDoubt({ sessionId, clientId, issuedAt, expiresAt }: TokenSubject): boolean {
    const keys = [`issued ${clientId}`, `issued ${sessionId} ${clientId}`];
    const moments = keys.map((key) => this.times(key, [0, 0])[1]);
    const isLong = expiresAt - issuedAt > LONGEST_LIFETIME_SECONDS;
    return isLong || issuedAt <= Math.max(this.allBefore, ...moments);
  }

  /** The role in force; `undefined`: it has not changed, the token has it. */
  role(userId: string | null): string | undefined {
    return this.facts.get(`role ${userId}`)?.value as string | undefined;
  }

  private times(key: string, otherwise: readonly [number, number]): readonly [number, number] {
    return (this.facts.get(key)?.value ?? otherwise) as readonly [number, number];
  }

  /** Events come again after an interruption: an earlier one does not replace a later one. */
  private learn(key: string, value: Fact['value'], number = Infinity): void {
    const learnedAt = now();
    if (number < (this.facts.get(key)?.number ?? 0)) return;
    this.facts.delete(key);
    this.facts.set(key, { value, number, learnedAt });
    for (const [oldest, fact] of this.facts) {
      if (fact.learnedAt > learnedAt - MEMORY_SECONDS) break;
      this.facts.delete(oldest);
    }
    if (this.facts.size > MOST_FACTS) this.doubtAllBefore(learnedAt + LEASE_SECONDS);
  }

  private doubtAllBefore(moment: number): void {
    this.facts.clear();
    this.allBefore = Math.max(this.allBefore, moment);
    this.onReload();
  }
}

function now(): number {
  return Date.now() / 1_000;
}

/** @param otherwise for `null`, `infinity`, and a time that is missing. */
function toSeconds(time: string | null | undefined, otherwise: number): number {
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? otherwise : milliseconds / 1_000;
}
