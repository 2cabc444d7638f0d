import { isIP } from 'node:net';
import { z } from 'zod';

/** A length of time in milliseconds. */
export type Milliseconds = number;

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time written as a whole number and a unit (`500ms`, `15m`, `30d`), within bounds. */
export function duration(least: string, most: string) {
  return z.string().transform((text, context): Milliseconds => {
    const value = toMilliseconds(text);
    if (value === null)
      return refuse(context, 'must be a whole number with a unit: ms, s, m, h or d');
    if (value < toMilliseconds(least)! || value > toMilliseconds(most)!) {
      return refuse(context, `must be between ${least} and ${most}`);
    }
    return value;
  });
}

function toMilliseconds(text: string): Milliseconds | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : null;
}

export function wholeNumber(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be between ${least} and ${most}`);
}

export const port = wholeNumber(1, 65_535);

export const trueOrFalse = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((text) => text === 'true');

export function url(...protocols: string[]) {
  return z.string().refine(
    (text) => {
      const parsed = URL.parse(text);
      return parsed !== null && protocols.includes(parsed.protocol) && parsed.hostname !== '';
    },
    `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  );
}

/** `postgres://…` or `postgresql://…` with a database name; a socket directory may take the host's place. */
export const databaseUrl = z.string().refine((text) => {
  const parsed = URL.parse(text);
  return parsed !== null && /^postgres(ql)?:$/.test(parsed.protocol) && parsed.pathname.length > 1;
}, 'must be a URL like postgres://user:password@host:5432/database');

/**
 * A public base URL: an origin and nothing else. It becomes the issuer or the audience
 * of tokens, which are compared character by character, so a trailing slash is taken off.
 */
export const baseUrl = z.string().transform((text, context) => {
  const parsed = URL.parse(text);
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) {
    return refuse(context, 'must be a URL that starts with http:// or https://');
  }
  if (text.replace(/\/$/, '') !== parsed.origin) {
    return refuse(
      context,
      'must be an origin alone, like https://auth.example.com, without path, query or credentials',
    );
  }
  return parsed.origin;
});

/** Comma-separated origins (RFC 6454), compared exactly: no wildcard, no path. */
export const originList = commaSeparated((item) => {
  const parsed = URL.parse(item);
  return parsed !== null && ['http:', 'https:'].includes(parsed.protocol) && parsed.origin === item;
}, 'must be origins separated by commas, like https://app.example.com,https://admin.example.com');

/** Comma-separated IP addresses or CIDR blocks. */
export const addressList = commaSeparated((item) => {
  const [address = '', bits, ...more] = item.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  );
}, 'must be IP addresses or CIDR blocks separated by commas, like 10.0.0.0/8,192.0.2.7');

/** Refuses values that were copied from an example instead of being made up. */
export function secret(least: number) {
  return z
    .string()
    .min(least, `must have at least ${least} characters`)
    .refine((text) => new Set(text).size >= 8, 'must not repeat a few characters')
    .refine(
      (text) => !/change.?me|replace.?me|placeholder|your.?secret|better-auth-secret/i.test(text),
      'is a placeholder',
    );
}

export const email = z.email('must be an e-mail address');

/** Printable text without control characters. */
export const text = z.string().regex(/^[\x20-\x7e]+$/, 'must be printable ASCII');

function commaSeparated(accepts: (item: string) => boolean, message: string) {
  return z
    .string()
    .transform((list) => list.split(',').map((item) => item.trim()))
    .refine((items) => items.every(accepts), message);
}

function refuse(context: z.core.$RefinementCtx, message: string): never {
  context.issues.push({ code: 'custom', message, input: context.value });
  return z.NEVER;
}
