import { randomUUID } from 'node:crypto';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import { generateExportedKeyPair } from 'better-auth/plugins/jwt';
import type { JWKOptions } from 'better-auth/plugins/jwt';
import type { Client, Pool } from 'pg';
import { SYSTEM, writeAuditEvent } from '../audit/audit-writer';
import type { AuthConfig } from '../common/config';
import { type AuditAction, LOCKS, type SignatureAlgorithm } from '../../contract';
import { whileLocked } from '../common/database';
import { type KeyPhase, KeyRing, type SigningKey, toKeyTimes } from './key-ring';
import { deleteKeys, endKeys, insertKey, readKeys } from './key-table';

/** Least RSA modulus of RFC 7518, section 3.3, in bits. */
const RSA_MODULUS_BITS = 2048;

type Connection = Pick<Client | Pool, 'query'>;

/** What was done about the keys. */
export interface KeyChanges {
  /** Id of the key that was made; `null`: none was due. */
  made: string | null;
  /** Ids of the keys that were removed. */
  removed: string[];
}

export interface KeyRotation {
  /** Id of the new key. */
  made: string;
  /** Milliseconds until it signs. */
  signsIn: number;
}

export interface KeyRevocation {
  /** Where the key was in its life; `null`: there is no such key, and nothing was done. */
  phase: KeyPhase | null;
  /** The key that signs from now on; `null`: none that this process can sign with. */
  signer: string | null;
  /** The keys that are left. */
  left: { id: string; phase: KeyPhase }[];
}

/**
 * The life of the signing keys (docs/operations/signing-keys.md). A key is made and published ahead of
 * time, signs for `JWKS_ROTATION`, stays published for `JWKS_GRACE`, and is removed. All
 * that is decided from the table, by the database's clock and under one lock, so any
 * number of auth servers agree; nothing is remembered here, so a key that is withdrawn
 * signs nothing more anywhere.
 */
export class SigningKeys {
  /** Whether a private key can be decrypted, by the text of it. */
  private usable: ReadonlyMap<string, boolean> = new Map();
  private ensuring: Promise<KeyChanges> | null = null;

  constructor(
    private readonly config: AuthConfig,
    private readonly pool: Pool,
  ) {}

  /**
   * All keys as they stand. In the ordinary course a key that signs is among them; where
   * somebody has emptied the table or changed the secret, one is made.
   */
  async current(): Promise<KeyRing> {
    const ring = await this.read(this.pool);
    if (ring.signer) return ring;
    this.ensuring ??= this.maintain().finally(() => {
      this.ensuring = null;
    });
    await this.ensuring;
    return this.read(this.pool);
  }

  /** Makes the next key when it is due, and removes what nobody needs any more. */
  async maintain(): Promise<KeyChanges> {
    const glance = await this.read(this.pool);
    if (!glance.isSuccessorDue && glance.obsolete.length === 0) return { made: null, removed: [] };
    return this.whileLocked(async (client) => {
      const ring = await this.read(client);
      const removed = ring.obsolete.map(({ id }) => id);
      if (removed.length > 0) await deleteKeys(client, removed);
      for (const id of removed) await recordKey(client, { action: 'key.removed', id });
      if (!ring.isSuccessorDue) return { made: null, removed };
      const { made } = await this.succeed(client, {
        reason: 'schedule',
        takeoverAfter: (then) => then.takeover(then.live[0]?.endsAt),
      });
      return { made, removed };
    });
  }

  /**
   * Publishes a new key now. It signs as soon as it has been published for long enough.
   *
   * @returns `null` when the keys in force belong to another secret, and nothing was done.
   */
  rotate(): Promise<KeyRotation | null> {
    return this.whileLocked(async (client) => {
      const { live, foreign } = await this.read(client);
      if (live.length === 0 && foreign.length > 0) return null;
      return this.succeed(client, { reason: 'command', takeoverAfter: (ring) => ring.takeover() });
    });
  }

  /** Withdraws a key at once. When no other key can sign, a new one takes over at once. */
  revoke(id: string): Promise<KeyRevocation> {
    return this.whileLocked(async (client) => {
      const before = await this.read(client);
      const key = before.keys.find((candidate) => candidate.id === id);
      const phase = key ? before.phaseOf(key) : null;
      if (key) await deleteKeys(client, [id]);
      if (key) await recordKey(client, { action: 'key.revoked', id, detail: { phase } });
      const after = await this.read(client);
      if (key?.canSign && !after.signer) {
        await this.succeed(client, {
          reason: 'revocation',
          takeoverAfter: (then) => then.takeover(),
        });
      }
      const ring = await this.read(client);
      const left = ring.keys.map((other) => ({ id: other.id, phase: ring.phaseOf(other) }));
      return { phase, signer: ring.signer?.id ?? null, left };
    });
  }

  /** Makes a key that signs from the takeover on, when the keys before it end. */
  private async succeed(
    client: Client,
    { reason, takeoverAfter }: Succession,
  ): Promise<KeyRotation> {
    const pair = await this.generate();
    // Read now: making a key pair may take a second, in which nothing is published yet.
    const ring = await this.read(client);
    const takeover = takeoverAfter(ring);
    const endsAt = takeover + toKeyTimes(this.config).rotation;
    const predecessors = ring.live.map(({ id }) => id);
    const id = randomUUID();
    await insertKey(client, { ...pair, id, createdAt: ring.now, endsAt });
    const signsFrom = new Date(takeover).toISOString();
    await recordKey(client, { action: 'key.rotated', id, detail: { reason, signsFrom } });
    if (predecessors.length > 0) await endKeys(client, { ids: predecessors, endsAt: takeover });
    return { made: id, signsIn: takeover - ring.now };
  }

  private async generate() {
    const { jwtAlgorithm, betterAuthSecret: key } = this.config;
    const options = { jwks: { keyPairConfig: keyPairConfig(jwtAlgorithm) } };
    const { publicWebKey, privateWebKey } = await generateExportedKeyPair(options);
    const encrypted = await symmetricEncrypt({ key, data: JSON.stringify(privateWebKey) });
    return {
      publicKey: JSON.stringify(publicWebKey),
      privateKey: JSON.stringify(encrypted),
      alg: jwtAlgorithm,
      crv: publicWebKey.crv ?? null,
    };
  }

  private async read(connection: Connection): Promise<KeyRing> {
    const times = toKeyTimes(this.config);
    const { keys: kept, now } = await readKeys(connection, times.rotation);
    const keys: SigningKey[] = [];
    for (const key of kept) keys.push({ ...key, canSign: await this.canDecrypt(key) });
    this.usable = new Map(keys.map(({ privateKey, canSign }) => [privateKey, canSign]));
    return new KeyRing({ keys, now, algorithm: this.config.jwtAlgorithm, times });
  }

  /** After a change of `BETTER_AUTH_SECRET` the older keys still verify, but sign nothing. */
  private async canDecrypt({ privateKey }: Pick<SigningKey, 'privateKey'>): Promise<boolean> {
    const known = this.usable.get(privateKey);
    return known ?? decrypts(privateKey, this.config.betterAuthSecret);
  }

  private whileLocked<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return whileLocked({ databaseUrl: this.config.databaseUrl, key: LOCKS.signingKeys }, work);
  }
}

interface Succession {
  /** Why there is a new key: for the audit log. */
  reason: 'schedule' | 'command' | 'revocation';
  /** When the new key takes over. */
  takeoverAfter: (ring: KeyRing) => number;
}

/** In the transaction of the change: there is no key that is not on record. */
function recordKey(
  client: Client,
  { id, ...event }: { action: AuditAction; id: string; detail?: object },
): Promise<void> {
  return writeAuditEvent(client, { ...SYSTEM, ...event, subject: { type: 'key', id } });
}

async function decrypts(privateKey: string, secret: string): Promise<boolean> {
  try {
    await symmetricDecrypt({ key: secret, data: JSON.parse(privateKey) as string });
    return true;
  } catch {
    return false;
  }
}

export function keyPairConfig(algorithm: SignatureAlgorithm): JWKOptions {
  return algorithm === 'ES256'
    ? { alg: algorithm }
    : { alg: algorithm, modulusLength: RSA_MODULUS_BITS };
}
