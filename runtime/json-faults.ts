/** The tokens that structure JSON: texts, brackets and commas. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

/** No body needs more levels. Recursion exhausts the stack only far above. */
const DEEPEST = 100;

export type JsonFault = 'field-twice' | 'too-deep';

/**
 * Finds faults of a text that is valid JSON. Parsers read a field that is named twice (RFC
 * 8259, section 4) in different ways, so a check can read another value than the code after it.
 * Deep nesting exhausts the stack of recursive code.
 *
 * @param text JSON that has been parsed without a fault.
 */
export function findJsonFault(text: string): JsonFault | null {
  const open: (Set<string> | null)[] = [];
  let isKeyNext = false;
  for (const [token] of text.matchAll(TOKENS)) {
    const keys = open.at(-1);
    if (token.startsWith('"')) {
      if (!isKeyNext || !keys) continue;
      const key = JSON.parse(token) as string;
      if (keys.has(key)) return 'field-twice';
      keys.add(key);
      isKeyNext = false;
    } else if (token === '{' || token === '[') {
      if (open.push(token === '{' ? new Set() : null) > DEEPEST) return 'too-deep';
      isKeyNext = token === '{';
    } else if (token === ',') {
      isKeyNext = keys instanceof Set;
    } else {
      open.pop();
    }
  }
  return null;
}
