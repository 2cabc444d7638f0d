import { randomUUID } from 'node:crypto';
import { symmetricDecrypt } from 'better-auth/crypto';
import { generateExportedKeyPair } from 'better-auth/plugins/jwt';
import type { JWKOptions } from 'better-auth/plugins/jwt';
import type { Client, Pool } from 'pg';
import { writeAuditEvent } from '../audit/audit-writer';
import type { AuthConfig } from '../common/config';
import { type AuditAction, LOCKS, type SignatureAlgorithm, SYSTEM } from '../../contract';
import { PATIENT_LOCK_WAIT_MS, whileLocked } from '../common/database';
import { type CipherKey, encryptStored, toCipherKey } from '../common/secrets';
import { type KeyPhase, KeyRing, type SigningKey, toKeyTimes } from './key-ring';
import { deleteKeys, endKeys, insertKey, readKeys } from './key-table';
import { PreparedQueries, type Query } from '../../runtime/database/prepared-statements';

/** The smallest RSA modulus of RFC 7518, section 3.3, in bits. */
const RSA_MODULUS_BITS = 2048;

/** The result of a check. */
export interface KeyChanges {
  /** The id of the created key; `null`: no new key was needed. */
  made: string | null;
  /** The ids of the deleted keys. */
  removed: string[];
}

export interface KeyRotation {
  /** The id of the new key. */
  made: string;
  /** Milliseconds until its first signature. */
  signsIn: number;
}

export interface KeyRevocation {
  /** The state of the key before; `null`: the key does not exist, and nothing was changed. */
  phase: KeyPhase | null;
  /** The key that signs from now on; `null`: this process can sign with none. */
  signer: string | null;
  /** The remaining keys. */
  left: { id: string; phase: KeyPhase }[];
}

/**
 * The life of the signing keys (docs/operations/signing-keys.md). A key is created and published
 * ahead of time, signs for `JWKS_ROTATION`, stays published for `JWKS_GRACE`, and is deleted. The
 * table, the time of the database and one lock decide all of that, so any number of auth servers
 * agree. The table is read for each signature: a revoked key signs nothing more.
 */
export class SigningKeys {
  /** Decrypted private keys by their encrypted texts; `null`: the secret is missing. */
  private decrypted: ReadonlyMap<string, string | null> = new Map();
  private ensuring: Promise<KeyChanges> | null = null;
  private readonly statements: PreparedQueries;

  constructor(
    private readonly config: AuthConfig,
    pool: Pool,
  ) {
    this.statements = new PreparedQueries(() => pool);
  }

  /**
   * All keys. Usually one of them signs. One is created when the table is empty or the secret has
   * changed.
   */
  async current(): Promise<KeyRing> {
    const ring = await this.read();
    if (ring.signer) return ring;
    this.ensuring ??= this.maintain().finally(() => {
      this.ensuring = null;
    });
    await this.ensuring;
    return this.read();
  }

  /** Creates the next key when it is needed, and deletes keys after their grace period. */
  async maintain(): Promise<KeyChanges> {
    const glance = await this.read();
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
   * Publishes a new key now. It signs after the time of publication ahead.
   *
   * @returns `null` when the valid keys belong to another secret; nothing was changed.
   */
  rotate(): Promise<KeyRotation | null> {
    return this.whileLocked(async (client) => {
      const { live, foreign } = await this.read(client);
      if (live.length === 0 && foreign.length > 0) return null;
      return this.succeed(client, { reason: 'command', takeoverAfter: (ring) => ring.takeover() });
    });
  }

  /** Revokes a key at once. When no other key can sign, a new key signs at once. */
  revoke(id: string): Promise<KeyRevocation> {
    return this.whileLocked(async (client) => {
      const before = await this.read(client);
      const key = before.keys.find((candidate) => candidate.id === id);
      const phase = key ? before.phaseOf(key) : null;
      if (key) await deleteKeys(client, [id]);
      if (key) await recordKey(client, { action: 'key.revoked', id, detail: { phase } });
      const after = await this.read(client);
      if (key && key.privateKey !== null && !after.signer) {
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

  /** Creates a key that signs from the takeover on, when the earlier keys end. */
  private async succeed(
    client: Client,
    { reason, takeoverAfter }: Succession,
  ): Promise<KeyRotation> {
    const pair = await this.generate();
    // The time is read again: creating a key pair can take a second.
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
    const { jwtAlgorithm } = this.config;
    const options = { jwks: { keyPairConfig: keyPairConfig(jwtAlgorithm) } };
    const { publicWebKey, privateWebKey } = await generateExportedKeyPair(options);
    const data = JSON.stringify(privateWebKey);
    const encrypted = await encryptStored(data, toCipherKey(this.config));
    return {
      publicKey: JSON.stringify(publicWebKey),
      encryptedKey: JSON.stringify(encrypted),
      alg: jwtAlgorithm,
      crv: publicWebKey.crv ?? null,
    };
  }

  /** @param client of the transaction that changes the keys; without it, the pool. */
  private async read(client?: Client): Promise<KeyRing> {
    const times = toKeyTimes(this.config);
    const statements = client ? unprepared(client) : this.statements;
    const { keys: kept, now } = await readKeys(statements, times.rotation);
    const keys: SigningKey[] = [];
    for (const key of kept) {
      keys.push({ ...key, privateKey: await this.decrypt(key.encryptedKey) });
    }
    this.decrypted = new Map(
      keys.map(({ encryptedKey, privateKey }) => [encryptedKey, privateKey]),
    );
    return new KeyRing({ keys, now, algorithm: this.config.jwtAlgorithm, times });
  }

  /** Keys whose secret is missing still verify, but cannot sign. */
  private async decrypt(encryptedKey: string): Promise<string | null> {
    const known = this.decrypted.get(encryptedKey);
    return known === undefined ? decrypt(encryptedKey, toCipherKey(this.config)) : known;
  }

  private whileLocked<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const { databaseUrl } = this.config;
    const lock = { databaseUrl, key: LOCKS.signingKeys, waitMs: PATIENT_LOCK_WAIT_MS };
    return whileLocked(lock, work);
  }
}

interface Succession {
  /** The reason for the new key, for the audit log. */
  reason: 'schedule' | 'command' | 'revocation';
  /** The time of its first signature. */
  takeoverAfter: (ring: KeyRing) => number;
}

/** A connection of its own runs a statement once. */
function unprepared(client: Client): Pick<PreparedQueries, 'run'> {
  return {
    run: async <Row>({ text, values }: Query) => (await client.query(text, values)).rows as Row[],
  };
}

/** In the same transaction: each key has a record. */
function recordKey(
  client: Client,
  { id, ...event }: { action: AuditAction; id: string; detail?: object },
): Promise<void> {
  return writeAuditEvent(client, { ...SYSTEM, ...event, subject: { type: 'key', id } });
}

async function decrypt(encrypted: string, key: CipherKey): Promise<string | null> {
  try {
    return await symmetricDecrypt({ key, data: JSON.parse(encrypted) as string });
  } catch {
    return null;
  }
}

export function keyPairConfig(algorithm: SignatureAlgorithm): JWKOptions {
  return algorithm === 'ES256'
    ? { alg: algorithm }
    : { alg: algorithm, modulusLength: RSA_MODULUS_BITS };
}
