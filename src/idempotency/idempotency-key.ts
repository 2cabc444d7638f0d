import { Problem } from '../common/problems/problem';
import {
  IDEMPOTENCY_KEY_HEADER,
  LONGEST_IDEMPOTENCY_KEY,
} from '../common/openapi/idempotent.decorator';

/** A string of structured fields (RFC 9651, section 3.3.3), as in the draft. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/** Most clients send the key without quotes. A comma would mean two headers. */
const BARE = /^[\x21\x23-\x2b\x2d-\x7e]+$/;

/**
 * The key of a request; with and without quotes it is the same key. @throws {Problem}
 * `validation_failed` for several keys or an invalid key.
 */
export function parseIdempotencyKey(header: string | string[]): string {
  const value = [header].flat().join(', ').trim();
  const key = QUOTED.exec(value)?.[1]?.replace(/\\(.)/g, '$1') ?? BARE.exec(value)?.[0] ?? '';
  if (key !== '' && key.length <= LONGEST_IDEMPOTENCY_KEY) return key;
  const detail = `Must be one key of 1 to ${LONGEST_IDEMPOTENCY_KEY} visible ASCII characters`;
  throw new Problem('validation_failed', {
    errors: [{ pointer: `/${IDEMPOTENCY_KEY_HEADER}`, detail }],
  });
}
