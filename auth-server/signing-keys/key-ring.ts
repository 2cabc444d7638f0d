import type { SignatureAlgorithm } from '../../contract';

/** The periods in the life of a key, in milliseconds. */
export interface KeyTimes {
  /** The time that a key signs. */
  rotation: number;
  /** The time that a key stays published after its last signature. */
  grace: number;
  /** The time that a key is published before its first signature. */
  publishAhead: number;
}

/** Longer than a verifier caches a key set: their libraries default to ten minutes. */
const LONGEST_PUBLISH_AHEAD_MS = 10 * 60_000;

/** @param times `JWKS_ROTATION` and `JWKS_GRACE`, in milliseconds. */
export function toKeyTimes(times: { jwksRotation: number; jwksGrace: number }): KeyTimes {
  const { jwksRotation: rotation, jwksGrace: grace } = times;
  return { rotation, grace, publishAhead: Math.min(LONGEST_PUBLISH_AHEAD_MS, rotation / 2) };
}

/** A stored key pair. Times are milliseconds since the epoch. */
export interface SigningKey {
  /** The key id (`kid`). */
  id: string;
  /** JSON Web Key (RFC 7517) as JSON text. */
  publicKey: string;
  /** The private JSON Web Key, encrypted, as it is stored. */
  encryptedKey: string;
  /** The private JSON Web Key as JSON text; `null`: this process does not have its secret. */
  privateKey: string | null;
  alg: string | null;
  crv: string | null;
  createdAt: number;
  /** The end of its signatures. */
  endsAt: number;
}

/** The state of a key. */
export type KeyPhase = 'coming' | 'signing' | 'published' | 'of another algorithm';

interface RingParts {
  /** Newest first. */
  keys: SigningKey[];
  /** The time of the database, which all auth servers share. */
  now: number;
  algorithm: SignatureAlgorithm;
  times: KeyTimes;
}

/** All keys at one moment, and their states. It changes nothing. */
export class KeyRing {
  constructor(private readonly parts: RingParts) {}

  get now(): number {
    return this.parts.now;
  }

  get keys(): readonly SigningKey[] {
    return this.parts.keys;
  }

  /** The published keys: of the current algorithm, until the grace period ends. */
  get published(): SigningKey[] {
    return this.parts.keys.filter((key) => this.isOurs(key) && !this.isOver(key));
  }

  /** Keys whose grace period has ended. */
  get obsolete(): SigningKey[] {
    return this.parts.keys.filter((key) => this.isOver(key));
  }

  /**
   * The newest key that was published for long enough. Without one (after the first start, or
   * after a revocation) it is the key that was published first.
   */
  get signer(): SigningKey | null {
    const { now, times } = this.parts;
    const { live } = this;
    return (
      live.find(({ createdAt }) => createdAt + times.publishAhead <= now) ?? live.at(-1) ?? null
    );
  }

  /** Keys that sign now or later, and whose private key this process can decrypt. */
  get live(): SigningKey[] {
    const { keys, now } = this.parts;
    return keys.filter((key) => this.isOurs(key) && key.privateKey !== null && key.endsAt > now);
  }

  /** Valid keys that were encrypted with another secret. */
  get foreign(): SigningKey[] {
    const { keys, now } = this.parts;
    return keys.filter((key) => this.isOurs(key) && key.privateKey === null && key.endsAt > now);
  }

  /** Whether the key that follows the newest one must be published now. */
  get isSuccessorDue(): boolean {
    const [newest] = this.live;
    return !newest || newest.endsAt <= this.parts.now + this.parts.times.publishAhead;
  }

  /**
   * The first signature of a key that is published now: not before `earliest`, unless no other key
   * can sign.
   */
  takeover(earliest = 0): number {
    const { now, times } = this.parts;
    return this.live.length === 0 ? now : Math.max(now + times.publishAhead, earliest);
  }

  phaseOf(key: SigningKey): KeyPhase {
    if (!this.isOurs(key)) return 'of another algorithm';
    const { signer } = this;
    if (key.id === signer?.id) return 'signing';
    return signer && key.createdAt > signer.createdAt && this.live.includes(key)
      ? 'coming'
      : 'published';
  }

  private isOurs({ alg }: SigningKey): boolean {
    return alg === this.parts.algorithm;
  }

  private isOver({ endsAt }: SigningKey): boolean {
    return endsAt + this.parts.times.grace <= this.parts.now;
  }
}
