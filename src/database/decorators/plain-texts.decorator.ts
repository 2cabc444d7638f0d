import { Check } from 'typeorm';

/** Control characters, and those that change the direction of text: `runtime/plain-text.ts`. */
const HIDDEN = String.raw`[\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]`;

/** The texts contain no hidden characters: see migrations/1795800000000-ShowNamesAsWritten. */
export function PlainTexts(table: string, columns: string[]): ClassDecorator {
  const rules = columns.map((column) => `coalesce("${column}" !~ '${HIDDEN}', true)`);
  return Check(
    `${table}_texts_check`,
    `getdatabaseencoding() <> 'UTF8' OR (${rules.join(' AND ')})`,
  );
}
