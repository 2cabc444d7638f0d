import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  type CipherGCMTypes,
} from 'node:crypto';

const CIPHER: CipherGCMTypes = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface IdempotentRequest {
  /** The caller: equal keys of two callers are two keys. */
  caller: string;
  key: string;
  method: string;
  /** Path and query. */
  url: string;
  body: unknown;
}

/**
 * The stored form of a request with a key. Answers contain tokens and client secrets, requests
 * contain passwords. They are encrypted with keys that are derived from the key of the caller by
 * HKDF (RFC 5869), and the key of the caller is not stored.
 */
export class SealedRequest {
  /** Finds the row. One-way. */
  readonly id: Buffer;
  /** Identifies a request by a one-way hash. */
  readonly fingerprint: Buffer;
  private readonly cipherKey: Buffer;

  /** @param installationKey salt: keys that were tried elsewhere give no result here. */
  constructor(installationKey: Buffer, { caller, key, method, url, body }: IdempotentRequest) {
    const derived = Buffer.from(hkdfSync('sha256', key, installationKey, caller, 3 * KEY_BYTES));
    this.id = derived.subarray(0, KEY_BYTES);
    this.cipherKey = derived.subarray(KEY_BYTES, 2 * KEY_BYTES);
    this.fingerprint = createHmac('sha256', derived.subarray(2 * KEY_BYTES))
      .update(JSON.stringify([method, url, body ?? null]))
      .digest();
  }

  seal(answer: unknown): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.cipherKey, iv).setAAD(this.id);
    const text = Buffer.concat([cipher.update(JSON.stringify(answer)), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]);
  }

  open(sealed: Buffer): unknown {
    const iv = sealed.subarray(0, IV_BYTES);
    const tag = sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, this.cipherKey, iv).setAAD(this.id).setAuthTag(tag);
    const text = decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES));
    return JSON.parse(Buffer.concat([text, decipher.final()]).toString('utf8'));
  }
}
