import { types } from 'pg';

/** Type of PostgreSQL whose values are times with an offset. */
const TIMESTAMPTZ: number = types.builtins.TIMESTAMPTZ;

const toDate = types.getTypeParser(TIMESTAMPTZ) as (text: string) => Date | number;

/** For `types` of a query: times stay the text that PostgreSQL sends. Dates of many rows are slow. */
export const TIMES_AS_TEXT = {
  getTypeParser: (type: number, format?: string): unknown =>
    type === TIMESTAMPTZ ? (text: string) => text : types.getTypeParser(type, format as 'text'),
};

/** A time of the years 1 to 9999 in a session in UTC: `2026-11-23 09:30:00.5+00`. */
const IN_UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,3})?\+00$/;

const MILLISECONDS = '.000';

/**
 * RFC 3339 in UTC with milliseconds, from the text of a `timestamptz` in any time zone of the
 * session.
 */
export function toRfc3339(text: string): string {
  if (!IN_UTC.test(text)) return new Date(toDate(text)).toISOString();
  const end = text.length - '+00'.length;
  const fraction = text.slice('2026-11-23 09:30:00'.length, end);
  const milliseconds =
    fraction + (fraction === '' ? MILLISECONDS : '0'.repeat(4 - fraction.length));
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${milliseconds}Z`;
}
