import { z } from 'zod';
import { Problem } from './problem';

/** Where a page ended: the sort key and the id of its last row, and the order they belong to. */
export interface Cursor<Order extends string = string> {
  order: Order;
  value: string;
  id: string;
}

/** PostgreSQL takes no NUL in a text. */
const storableText = z.string().regex(/^[^\0]*$/);

const cursorSchema = z.tuple([z.string().max(40), storableText, storableText.max(64)]);

/** Opaque to callers: they pass it on as it is. */
export function toCursor({ order, value, id }: Cursor): string {
  return Buffer.from(JSON.stringify([order, value, id])).toString('base64url');
}

/**
 * @param isKey whether a value can be a sort key of this order.
 * @throws {Problem} `validation_failed` when it is not one of ours, or of another order.
 */
export function parseCursor<Order extends string>(
  text: string,
  { order, isKey = () => true }: { order: Order; isKey?: (value: string) => boolean },
): Cursor<Order> {
  const parsed = cursorSchema.safeParse(decode(text));
  if (!parsed.success || parsed.data[0] !== order || !isKey(parsed.data[1])) {
    throw new Problem('validation_failed', {
      errors: [{ pointer: '/cursor', detail: 'Not a cursor of this list in this order' }],
    });
  }
  const [, value, id] = parsed.data;
  return { order, value, id };
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
