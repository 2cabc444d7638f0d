/** What structures JSON: texts, which may hold anything, and the marks between values. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

/** Deeper than any body has a reason to be, and far from where recursion runs out of stack. */
const DEEPEST = 100;

export type JsonFault = 'field-twice' | 'too-deep';

/**
 * Finds faults of a text that is valid JSON. Parsers read a field that is named twice (RFC
 * 8259, section 4) in different ways, so that one may check another value than the next one
 * uses. Deep nesting exceeds the stack of code that walks through it.
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
