import type { SignatureAlgorithm } from '../../contract';

/** Lengths of time that a key's life is made of, in milliseconds. */
export interface KeyTimes {
  /** How long a key signs. */
  rotation: number;
  /** How long a key stays published after it has signed for the last time. */
  grace: number;
  /** How long a key is published before it signs. */
  publishAhead: number;
}

/** Longer than verifiers anywhere keep a key set: ten minutes is what their libraries default to. */
const LONGEST_PUBLISH_AHEAD_MS = 10 * 60_000;

/** @param times `JWKS_ROTATION` and `JWKS_GRACE`, in milliseconds. */
export function toKeyTimes(times: { jwksRotation: number; jwksGrace: number }): KeyTimes {
  const { jwksRotation: rotation, jwksGrace: grace } = times;
  return { rotation, grace, publishAhead: Math.min(LONGEST_PUBLISH_AHEAD_MS, rotation / 2) };
}

/** A key pair as it is kept. Times are milliseconds since the epoch. */
export interface SigningKey {
  /** The key id (`kid`). */
  id: string;
  /** JSON Web Key (RFC 7517) as JSON text. */
  publicKey: string;
  /** The same with the private parts, encrypted. */
  privateKey: string;
  alg: string | null;
  crv: string | null;
  createdAt: number;
  /** When it signs for the last time. */
  endsAt: number;
  /** Whether this process has the secret that the private key is encrypted with. */
  canSign: boolean;
}

/** Where a key is in its life. */
export type KeyPhase = 'coming' | 'signing' | 'published' | 'of another algorithm';

interface RingParts {
  /** Newest first. */
  keys: SigningKey[];
  /** The database's clock, which is the same for every auth server. */
  now: number;
  algorithm: SignatureAlgorithm;
  times: KeyTimes;
}

/** All keys at one moment, and what follows from that. It changes nothing. */
export class KeyRing {
  constructor(private readonly parts: RingParts) {}

  get now(): number {
    return this.parts.now;
  }

  get keys(): readonly SigningKey[] {
    return this.parts.keys;
  }

  /** What verifiers are shown: of the algorithm in force, until the grace time is over. */
  get published(): SigningKey[] {
    return this.parts.keys.filter((key) => this.isOurs(key) && !this.isOver(key));
  }

  /** Nobody needs these any more. */
  get obsolete(): SigningKey[] {
    return this.parts.keys.filter((key) => this.isOver(key));
  }

  /**
   * The newest key that has been published for long enough. When none has, as after a
   * first start or when the signing key was revoked, the one that was published first.
   */
  get signer(): SigningKey | null {
    const { now, times } = this.parts;
    const { live } = this;
    return (
      live.find(({ createdAt }) => createdAt + times.publishAhead <= now) ?? live.at(-1) ?? null
    );
  }

  /** Keys that sign now or will, and that this process can sign with. */
  get live(): SigningKey[] {
    const { keys, now } = this.parts;
    return keys.filter((key) => this.isOurs(key) && key.canSign && key.endsAt > now);
  }

  /** Keys in force that were encrypted with another secret than this process has. */
  get foreign(): SigningKey[] {
    const { keys, now } = this.parts;
    return keys.filter((key) => this.isOurs(key) && !key.canSign && key.endsAt > now);
  }

  /** Whether it is time to publish the key that will sign when the newest one ends. */
  get isSuccessorDue(): boolean {
    const [newest] = this.live;
    return !newest || newest.endsAt <= this.parts.now + this.parts.times.publishAhead;
  }

  /** When a key that is published now starts to sign: not before `earliest`, unless none else can. */
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
