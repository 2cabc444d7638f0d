import { createHash } from 'node:crypto';
import type { Logger } from '../../runtime/logger';

/** A service that does not answer by then keeps nobody from choosing a password. */
const TIMEOUT_MS = 1_500;

/** Padded answers have about a thousand lines of 40 characters. */
const LARGEST_ANSWER = 1_000_000;

const PREFIX_LENGTH = 5;

/** How often a hash of the range was seen: `<35 hexadecimal digits>:<count>`; padding counts 0. */
const LINE = /^([0-9A-F]{35}):(\d+)$/i;

/**
 * Asks a service in the way of Have I Been Pwned whether a password was seen in a breach.
 * It learns five characters of the SHA-1 hash, which many thousand passwords share, and not
 * even from the length of the answer what was found (`Add-Padding`):
 * https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange
 */
export class BreachedPasswords {
  /** @param url the range endpoint; `null` switches the check off. */
  constructor(
    private readonly url: string | null,
    private readonly logger: Logger,
  ) {}

  /** @returns `false` as well when the service does not answer usefully, with a line in the log. */
  async has(password: string): Promise<boolean> {
    if (this.url === null) return false;
    // As it is hashed here: the same password in other characters was breached as well.
    const plain = password.normalize('NFKC');
    const hash = createHash('sha1').update(plain).digest('hex').toUpperCase();
    try {
      const lines = await this.ask(hash.slice(0, PREFIX_LENGTH));
      return lines.some(({ suffix, count }) => suffix === hash.slice(PREFIX_LENGTH) && count > 0);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.warn({ reason }, 'breached passwords could not be checked, the password passes');
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
