/** Spaces and hyphens, which users and authenticator apps write between groups of characters. */
const SEPARATORS = /[\s\p{Pd}]/gu;

/** @returns a code of the second factor without spaces and hyphens. */
export function toCompactCode(code: string): string {
  return code.replaceAll(SEPARATORS, '');
}
