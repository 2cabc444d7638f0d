import { isIP } from 'node:net';
import { z } from 'zod';

/** A length of time in milliseconds. */
export type Milliseconds = number;

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

// The description of a schema names its values in docs/settings.md and `.env.example`.

/** One of these texts. */
export function oneOf<const Text extends string>(...texts: Text[]) {
  const listed = texts.map((text) => `\`${text}\``).join(', ');
  return z.enum(texts, `must be ${inWords(texts)}`).describe(listed);
}

function inWords(texts: readonly string[]): string {
  return texts.join(', ').replace(/, ([^,]+)$/, ' or $1');
}

/** A length of time written as a whole number and a unit (`500ms`, `15m`, `30d`), within bounds. */
export function duration(least: string, most: string) {
  const schema = z.string().transform((text, context): Milliseconds => {
    const value = toMilliseconds(text);
    if (value === null)
      return refuse(context, 'must be a whole number with a unit: ms, s, m, h or d');
    if (value < toMilliseconds(least)! || value > toMilliseconds(most)!) {
      return refuse(context, `must be between ${least} and ${most}`);
    }
    return value;
  });
  return schema.describe(`\`${least}\` to \`${most}\``);
}

/** As {@link duration}, for times that protocols state in whole seconds (RFC 7519, RFC 6749). */
export function wholeSeconds(least: string, most: string) {
  return duration(least, most)
    .refine((value) => value % 1_000 === 0, 'must be whole seconds')
    .describe(`\`${least}\` to \`${most}\`, whole seconds`);
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
    .refine((value) => value >= least && value <= most, `must be between ${least} and ${most}`)
    .describe(`${least} to ${most}`);
}

export const port = wholeNumber(1, 65_535);

/** One of two words. @returns whether it is the first. */
export function yesOrNo(yes: string, no: string) {
  const words = oneOf(yes, no);
  return words.transform((text) => text === yes).describe(words.description!);
}

export function url(...protocols: string[]) {
  const starts = protocols.map((protocol) => `${protocol}//`);
  return z
    .string()
    .refine(
      (text) => protocols.some((protocol) => isUrl(text, protocol)),
      `must be a URL that starts with ${starts.join(' or ')}`,
    )
    .describe(`a URL with ${starts.map((start) => `\`${start}\``).join(' or ')}`);
}

/** The parser accepts missing slashes and additional spaces; other parsers may refuse them. */
function isUrl(text: string, protocol: string): boolean {
  if (!text.startsWith(`${protocol}//`) || /\s/.test(text)) return false;
  return (URL.parse(text)?.hostname ?? '') !== '';
}

/**
 * A public base URL: only an origin. It is the default of the issuer or the audience of tokens,
 * which are compared character by character. A trailing slash is removed.
 */
export const baseUrl = z.string().transform((text, context) => {
  const origin = text.replace(/\/$/, '');
  if (isOrigin(origin)) return origin;
  const message = /^https?:\/\//.test(text)
    ? 'must be only an origin, like https://auth.example.com: lower case, no path, query, credentials, wildcard or default port'
    : 'must be a URL that starts with http:// or https://';
  return refuse(context, message);
});

/** Comma-separated origins (RFC 6454), compared exactly: no wildcard, no path. */
export const originList = commaSeparated(
  isOrigin,
  'must be origins separated by commas, like https://app.example.com,https://admin.example.com',
);

/** A `*` is valid in a host name, but Better-Auth reads it as a wildcard. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[^*]+$/.test(text) && URL.parse(text)?.origin === text;
}

const WIDTHS: Record<number, number> = { 4: 32, 6: 128 };

/** Comma-separated IP addresses or CIDR blocks; `/0` would trust every client. */
export const addressList = commaSeparated((item) => {
  const [address = '', bits, ...more] = item.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || more.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= WIDTHS[version]!);
}, 'must be IP addresses or CIDR blocks of at least /1 separated by commas, like 10.0.0.0/8,192.0.2.7');

/** Printable ASCII that neither begins nor ends with a space: a header can contain it. */
export const text = z
  .string()
  .regex(
    /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/,
    'must be printable ASCII without spaces around it',
  );

/** `docker run --env-file` keeps quotes around a value. */
export function unquoted<Schema extends z.ZodType<string>>(schema: Schema) {
  return schema.refine(
    (value) => !/^(["']).*\1$/.test(value),
    'must not stand in quotes: they would be a part of it',
  );
}

/** Refuses values that were copied from an example. */
export function secret(least: number) {
  return text
    .min(least, `must have at least ${least} characters`)
    .refine((value) => new Set(value).size >= 8, 'must not repeat a few characters')
    .refine(
      (value) => !/change.?me|replace.?me|placeholder|your.?secret|better-auth-secret/i.test(value),
      'is a placeholder',
    )
    .describe(`printable ASCII of at least ${least} characters`);
}

/** A secret and the number by which data names it. */
export interface SecretVersion {
  version: number;
  value: string;
}

/**
 * `<version>:<secret>` separated by commas, as in `BETTER_AUTH_SECRETS` of Better-Auth. The first
 * one is current. No message repeats a secret.
 */
export function secretVersions(least: number) {
  return z.string().transform((list, context): SecretVersion[] => {
    const versions: SecretVersion[] = [];
    for (const entry of list.split(',')) {
      const match = /^(0|[1-9]\d{0,8}):(.+)$/s.exec(entry.trim());
      if (!match)
        return refuse(context, 'must be like 2:<secret>,1:<secret>, the current one first');
      const parsed = secret(least).safeParse(match[2]);
      if (!parsed.success) {
        return refuse(context, `version ${match[1]}: ${parsed.error.issues[0]!.message}`);
      }
      versions.push({ version: Number(match[1]), value: parsed.data });
    }
    const isTwice = (values: unknown[]) => new Set(values).size < versions.length;
    if (isTwice(versions.map(({ version }) => version))) {
      return refuse(context, 'must not list a version twice');
    }
    if (isTwice(versions.map(({ value }) => value))) {
      return refuse(context, 'must not list a secret twice');
    }
    return versions;
  });
}

/** Better-Auth stores and looks up addresses in lower case. */
export const email = z.email('must be an e-mail address').toLowerCase();

/** An issuer or audience: a StringOrURI (RFC 7519, section 2), so with a colon it must be a URI. */
export const stringOrUri = z
  .string()
  .refine(
    (value) => /^[\x21-\x7e]+$/.test(value) && (!value.includes(':') || URL.canParse(value)),
    'must be a URL or a name without spaces or colons',
  );

/**
 * The issuer of an authorization server (contract/urls/issuer.ts) is written as parsers write
 * it: client libraries compare it exactly, and the OAuth provider states it in that form.
 */
export const issuer = stringOrUri.refine((value) => toCanonical(value) === value, {
  error: ({ input }) => `must be written as ${toCanonical(String(input))}`,
});

function toCanonical(value: string): string {
  const parsed = URL.parse(value);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) return value;
  return /[?#]|\/$/.test(value) ? value : parsed.href.replace(/\/$/, '');
}

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
