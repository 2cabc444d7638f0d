import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { toNextLink } from './next-link';

/** Rows of the largest page. */
export const LARGEST_PAGE = 200;

/** What every list in pages takes. */
export const pageFields = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'Must be a whole number')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= LARGEST_PAGE, `Must be between 1 and ${LARGEST_PAGE}`)
    .default(50)
    .meta({
      description: 'Rows on a page',
      wire: { type: 'integer', minimum: 1, maximum: LARGEST_PAGE, default: 50 },
    }),
  cursor: z
    .string()
    .max(12_000)
    .optional()
    .describe('`nextCursor` of the page before')
    .meta({ examples: ['eyJzIjoiLWNyZWF0ZWRBdCIsImsiOiIyMDI2LTExLTIzIn0'] }),
};

/** The fields of every page about the next one. */
export const nextCursor = z.string().nullable().describe('null on the last page');

export const NEXT_LINK = {
  Link: { description: 'The next page, rel="next"', schema: { type: 'string' } },
} as const;

/** Adds the link of the next page to the header. */
export function linkNextPage<Page extends { nextCursor: string | null }>(
  page: Page,
  { reply, apiUrl }: { reply: FastifyReply; apiUrl: string },
): Page {
  if (page.nextCursor !== null) {
    void reply.header('link', toNextLink(apiUrl + reply.request.url, page.nextCursor));
  }
  return page;
}
