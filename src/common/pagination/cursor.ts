import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Problem } from '../problems/problem';

/** The sequence of rows of a page. Another list, order or filter is another sequence. */
export interface CursorSequence {
  /** Name of the list, e.g. `users`. */
  list: string;
  order: string;
  /** The filters of the list; `undefined` counts as absent. */
  filters?: Record<string, string | number | boolean | undefined>;
}

/** The end of a page: the sort key and the id of its last row. */
export interface CursorPosition {
  value: string;
  id: string;
}

/** 128 bits of HMAC-SHA-256: cannot be guessed within the lifetime of a cursor. */
const MAC_BYTES = 16;

const positionSchema = z.tuple([z.string(), z.string()]);

/**
 * Creates and reads page cursors. A cursor is opaque and belongs to one sequence. A cursor that
 * was changed, invented, or used with another list, order or filter is refused.
 */
export class Cursors {
  /** A prepared key: Node.js needs six times as long for the bytes. */
  private key: KeyObject | null = null;

  /** @param getKey the same in all replicas. */
  constructor(private readonly getKey: () => Promise<Buffer>) {}

  async toCursor({ value, id, ...sequence }: CursorSequence & CursorPosition): Promise<string> {
    const payload = Buffer.from(JSON.stringify([value, id]));
    const mac = computeMac(await this.prepareKey(), { sequence, payload });
    return Buffer.concat([mac, payload]).toString('base64url');
  }

  /**
   * @throws {Problem} `validation_failed` for an invalid cursor, or a cursor of another sequence.
   */
  async parseCursor(text: string, sequence: CursorSequence): Promise<CursorPosition> {
    const bytes = Buffer.from(text, 'base64url');
    const mac = bytes.subarray(0, MAC_BYTES);
    const payload = bytes.subarray(MAC_BYTES);
    const expected = computeMac(await this.prepareKey(), { sequence, payload });
    // The decoder ignores extra characters and bits. Only the canonical encoding is accepted.
    const isOurs =
      mac.length === MAC_BYTES &&
      timingSafeEqual(mac, expected) &&
      bytes.toString('base64url') === text;
    if (!isOurs) throw refusal();
    const [value, id] = positionSchema.parse(JSON.parse(payload.toString('utf8')));
    return { value, id };
  }

  private async prepareKey(): Promise<KeyObject> {
    this.key ??= createSecretKey(await this.getKey());
    return this.key;
  }
}

function computeMac(
  key: KeyObject,
  { sequence, payload }: { sequence: CursorSequence; payload: Buffer },
): Buffer {
  const { list, order, filters = {} } = sequence;
  const entries = Object.entries(filters).filter(([, value]) => value !== undefined);
  const bound = JSON.stringify([list, order, entries.sort(([a], [b]) => (a < b ? -1 : 1))]);
  // JSON contains no NUL, so the boundary of the two parts is unambiguous.
  const mac = createHmac('sha256', key).update(bound).update('\0').update(payload);
  return mac.digest().subarray(0, MAC_BYTES);
}

function refusal(): Problem {
  const detail = 'Not a cursor of this list in this order and with these filters';
  return new Problem('validation_failed', { errors: [{ pointer: '/cursor', detail }] });
}
