/** In characters. The provider repeats values of the request, which can be long. */
const LONGEST_DESCRIPTION = 200;

/** Characters that a description cannot have (RFC 6749, sections 4.1.2.1 and 5.2). */
const OTHER_CHARACTERS = /[^\x20-\x21\x23-\x5B\x5D-\x7E]/g;

/** A description of the provider, as `error_description` may be. */
export function toDescription(text: string): string {
  return text.slice(0, LONGEST_DESCRIPTION).replaceAll(OTHER_CHARACTERS, '?');
}
