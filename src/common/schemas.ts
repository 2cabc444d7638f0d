import { z } from 'zod';

// Our words for the commonest faults; zod's would tell callers about the library.
z.config({
  customError: (issue) => {
    if (issue.code !== 'invalid_type') return undefined;
    return issue.input === undefined ? 'Required' : `Must be of type ${issue.expected}`;
  },
});

/** RFC 3339 in UTC with `Z`, milliseconds. */
export const timestamp = z
  .string()
  .meta({ format: 'date-time', examples: ['2026-11-23T09:30:00.000Z'] });

/** Opaque: callers compare ids and pass them on, nothing else. */
export const id = z.string().meta({ examples: ['Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo'] });

/** An id in a path: bounded, so that nothing absurd reaches the database. */
export const idParameter = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w-]+$/, 'Not an id')
  .describe('Opaque id');

/** Text as a person types it: no control characters, which PostgreSQL or a terminal may not take. */
export function personalText(longest: number) {
  return z
    .string()
    .trim()
    .min(1, 'Must not be empty')
    .max(longest, `Must have at most ${longest} characters`)
    .refine((text) => text.isWellFormed(), 'Must be well-formed Unicode')
    .refine((text) => !/\p{Cc}/u.test(text), 'Must not contain control characters');
}

/** The auth server keeps e-mails in lower case. */
export const email = z
  .email('Must be an e-mail address')
  .max(254, 'Must have at most 254 characters')
  .toLowerCase()
  .meta({ examples: ['ada@example.com'] });

/** The shape of every error (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().describe('Address of a page about this kind of problem'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().describe('Path of the request'),
    code: z.string().describe('Stable and machine-readable: branch on this'),
    requestId: z.string().describe('Finds the request in the logs'),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .describe('With 422: each unacceptable value, by RFC 6901 pointer'),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });
