import { z } from 'zod';
import { Problem } from './problem';

/** Where a page ended: the sort key and the id of its last row, and the order they belong to. */
const cursorSchema = z.tuple([z.string().max(40), z.string().max(2000), z.string().max(64)]);

export interface Cursor {
  order: string;
  value: string;
  id: string;
}

/** Opaque to callers: they pass it on as it is. */
export function toCursor({ order, value, id }: Cursor): string {
  return Buffer.from(JSON.stringify([order, value, id])).toString('base64url');
}

/** @throws {Problem} `validation_failed` when it is not one of ours, or of another order. */
export function parseCursor(text: string, order: string): Cursor {
  const parsed = cursorSchema.safeParse(decode(text));
  if (!parsed.success || parsed.data[0] !== order) {
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
