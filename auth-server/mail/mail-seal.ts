import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Message } from './link-mails';

const CIPHER = 'aes-256-gcm';
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/**
 * Encrypts waiting mails: a link that sets a password is a credential, and a reader of the
 * database must not see it. The key is derived from `BETTER_AUTH_SECRET` (HKDF, RFC 5869); a
 * mail that a former secret has sealed opens too. A sealed mail opens under its own id only.
 */
export class MailSeal {
  private readonly keys: Buffer[];

  /** @param secrets the current one first. */
  constructor(secrets: string[]) {
    this.keys = secrets.map((secret) =>
      Buffer.from(hkdfSync('sha256', secret, '', 'gatehouse mail queue', 32)),
    );
  }

  seal(id: string, message: Message): Buffer {
    const nonce = randomBytes(NONCE_LENGTH);
    const cipher = createCipheriv(CIPHER, this.keys[0]!, nonce).setAAD(Buffer.from(id));
    const sealed = [cipher.update(JSON.stringify(message), 'utf8'), cipher.final()];
    return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]);
  }

  /** @returns `null` when the mail was sealed with an unknown secret or was changed. */
  open(id: string, sealed: Buffer): Message | null {
    for (const key of this.keys) {
      const message = openWith(key, { id, sealed });
      if (message) return message;
    }
    return null;
  }
}

function openWith(key: Buffer, { id, sealed }: { id: string; sealed: Buffer }): Message | null {
  const tagEnd = NONCE_LENGTH + TAG_LENGTH;
  try {
    const nonce = sealed.subarray(0, NONCE_LENGTH);
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_LENGTH })
      .setAAD(Buffer.from(id))
      .setAuthTag(sealed.subarray(NONCE_LENGTH, tagEnd));
    const opened = [decipher.update(sealed.subarray(tagEnd)), decipher.final()];
    return JSON.parse(Buffer.concat(opened).toString('utf8')) as Message;
  } catch {
    return null;
  }
}
