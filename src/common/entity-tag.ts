import { createHash } from 'node:crypto';
import { Problem } from './problem';

/** A strong entity tag (RFC 9110, section 8.8.3): the same for the same representation. */
export function toEntityTag(representation: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(representation)).digest('base64url');
  return `"${digest.slice(0, 27)}"`;
}

/**
 * Holds `If-Match` against the resource as it is now (RFC 9110, section 13.1.1).
 *
 * @param ifMatch the header: `*`, or a list of entity tags, of which weak ones never match.
 * @throws {Problem} `precondition_failed`
 */
export function assertMatches(ifMatch: string | undefined, current: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.includes(current)) throw new Problem('precondition_failed');
}
