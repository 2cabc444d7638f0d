import { z } from 'zod';
import { LONGEST } from '../../../contract';
import { CONTROLS, DIRECTION_CONTROLS, isVisible } from '../../../runtime/plain-text';

// The messages for schemas without a message: those of zod name the library.
z.config({ customError: describeFault });

function describeFault(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return 'Required';
  switch (issue.code) {
    case 'invalid_type':
      return `Must be of type ${issue.expected === 'record' ? 'object' : issue.expected}`;
    case 'invalid_value':
      return `Must be ${issue.values.map(String).join(' or ')}`;
    case 'too_big':
      return describeBound(issue, { most: issue.maximum });
    case 'too_small':
      return describeBound(issue, { least: issue.minimum });
    case 'not_multiple_of':
      return `Must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return DESCRIBED_FORMATS[issue.format] ?? 'Not acceptable';
    default:
      return 'Not acceptable';
  }
}

const DESCRIBED_FORMATS: Record<string, string> = {
  date: 'Must be a date such as 2026-11-23',
  datetime: 'Must be an RFC 3339 time',
  email: 'Must be an e-mail address',
  url: 'Must be a URL',
  uuid: 'Must be a UUID',
};

interface Bound {
  origin: string;
  inclusive?: boolean;
}

function describeBound(
  { origin, inclusive = true }: Bound,
  { most, least }: { most?: number | bigint; least?: number | bigint },
): string {
  if (origin === 'number' || origin === 'int' || origin === 'bigint') {
    if (most !== undefined) return `Must be ${inclusive ? 'at most' : 'less than'} ${most}`;
    return `Must be ${inclusive ? 'at least' : 'more than'} ${least}`;
  }
  const unit = origin === 'string' ? 'characters' : 'entries';
  return `Must have at ${most === undefined ? 'least' : 'most'} ${most ?? least} ${unit}`;
}

/** The message for a text of another format. A value that is not text has the general message. */
function whenMalformed(words: string) {
  return ({ code }: { code?: string }) => (code === 'invalid_format' ? words : undefined);
}

/** RFC 3339 in UTC with `Z`, milliseconds. */
export const timestamp = z
  .string()
  .meta({ format: 'date-time', examples: ['2026-11-23T09:30:00.000Z'] });

/** A time in a request, converted to UTC. The offset can move it out of the range of RFC 3339. */
export function time(example: string) {
  return z.iso
    .datetime({ offset: true, error: whenMalformed('Must be an RFC 3339 time'), abort: true })
    .meta({ examples: [example] })
    .transform((text) => new Date(text).toISOString())
    .refine((text) => /^(?!0000)\d{4}-/.test(text), {
      error: 'Must lie in the years 1 to 9999',
      abort: true,
    });
}

/** Opaque: callers compare ids and send them back. */
export const id = z.string().meta({ examples: ['Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo'] });

/** An id in a path, with a limit of its length. */
export const idParameter = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w-]+$/, 'Not an id')
  .describe('Opaque id')
  .meta({ examples: ['Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo'] });

/** Without what PostgreSQL or a terminal cannot accept, changes on the way, or shows other letters. */
const plainText = [
  z.refine<string>((text) => text.isWellFormed(), 'Must be well-formed Unicode'),
  z.refine<string>((text) => !CONTROLS.test(text), 'Must not contain control characters'),
  z.refine<string>(
    (text) => !DIRECTION_CONTROLS.test(text),
    'Must not contain characters that change the direction of text',
  ),
];

/** Text that is not changed, for example a password: every character that can be stored and sent. */
export function exactText(longest: number) {
  return z
    .string()
    .max(longest)
    .check(
      z.refine<string>((text) => text.isWellFormed(), 'Must be well-formed Unicode'),
      z.refine<string>((text) => !text.includes('\0'), 'Must not contain NUL'),
    );
}

/**
 * The largest number of UTF-16 units that NFC replaces by one
 * (https://www.unicode.org/faq/normalization.html#12). A longer text is refused before it is
 * normalized: the time for a sequence of combining marks grows with the square of its length.
 */
const LARGEST_COMPOSITION = 4;

/**
 * Text of a user. Characters are counted as in the document (JSON Schema Validation, section
 * 6.3.1) and in the auth server: an emoji of two UTF-16 units is one.
 */
export function personalText(longest: number) {
  const isShort = (text: string) => Array.from(text).length <= longest;
  const error = `Must have at most ${longest} characters`;
  return z
    .string()
    .trim()
    .max(LARGEST_COMPOSITION * longest, { error, abort: true })
    .normalize('NFC')
    .min(1, { error: 'Must not be empty', abort: true })
    .check(
      z.refine(isVisible, 'Must contain a visible character'),
      z.refine(isShort, error),
      ...plainText,
    )
    .meta({ wire: { type: 'string', maxLength: longest } });
}

/** An http(s) URL. */
export const webAddress = z
  .url({ protocol: /^https?$/, error: whenMalformed('Must be an http or https URL') })
  .max(LONGEST.url)
  .check(...plainText)
  .meta({ examples: ['https://example.com/ada.png'] });

/** The auth server keeps e-mails in lower case. */
export const email = z
  .email({ error: whenMalformed('Must be an e-mail address') })
  .max(LONGEST.emailAddress)
  .toLowerCase()
  .meta({ examples: ['ada@example.com'] });

/** The shape of every error (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().describe('URL of a page about this kind of problem'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().describe('Path of the request'),
    code: z.string().describe('Stable and machine-readable: branch on this'),
    requestId: z.string().describe('Id of the request in the logs'),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .describe('With 422: each unacceptable value, by RFC 6901 pointer'),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });
