import { createHash } from 'node:crypto';
import type { Logger } from '../../runtime/logger';
import { toReason } from '../../runtime/fault-state';

/** Without an answer in this time the password is accepted. */
const TIMEOUT_MS = 1_500;

/** A padded answer has about a thousand lines of 40 characters. */
const LARGEST_ANSWER = 1_000_000;

const PREFIX_LENGTH = 5;

/**
 * The count of a hash in the range: `<35 hexadecimal digits>:<count>`; a padding line has the
 * count 0.
 */
const LINE = /^([0-9A-F]{35}):(\d+)$/i;

/**
 * Asks a service with the interface of Have I Been Pwned whether a password is known from a
 * breach. The service gets five characters of the SHA-1 hash, which many thousand passwords share.
 * The length of the answer reveals nothing (`Add-Padding`):
 * https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange
 */
export class BreachedPasswords {
  /** @param url the range endpoint; `null` switches the check off. */
  constructor(
    private readonly url: string | null,
    private readonly logger: Logger,
  ) {}

  get isOn(): boolean {
    return this.url !== null;
  }

  /** @returns `false` also when the service gives no usable answer; the log says so. */
  async has(password: string): Promise<boolean> {
    if (this.url === null) return false;
    // Normalized as for the password hash: another Unicode form of the password is breached too.
    const plain = password.normalize('NFKC');
    const hash = createHash('sha1').update(plain).digest('hex').toUpperCase();
    try {
      const lines = await this.ask(hash.slice(0, PREFIX_LENGTH));
      return lines.some(({ suffix, count }) => suffix === hash.slice(PREFIX_LENGTH) && count > 0);
    } catch (error) {
      this.logger.warn(
        { reason: toReason(error) },
        'breached passwords could not be checked, the password passes',
      );
      return false;
    }
  }

  private async ask(prefix: string) {
    const response = await fetch(`${this.url!.replace(/\/$/, '')}/${prefix}`, {
      headers: { 'add-padding': 'true', 'user-agent': 'gatehouse' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    }
    return parse(await readBounded(response));
  }
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > LARGEST_ANSWER) throw new Error('the answer is too long');
  }
  return text;
}

function parse(text: string) {
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => {
      const match = LINE.exec(line.trim());
      if (!match) throw new Error('the answer is no list of hashes');
      return { suffix: match[1]!.toUpperCase(), count: Number(match[2]) };
    });
}
