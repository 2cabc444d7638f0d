import { LONGEST } from '../../contract';

/** The fields of a body that hold an e-mail address. The schemas do not bound it. */
const EMAIL_FIELDS = ['email', 'newEmail'];

/** The fields of the user that an administrator sets in a body. The schemas accept every value. */
const USER_FIELDS = 'data';

/**
 * Finds a value whose type a schema converts or does not check. @returns its path in the given
 * fields, or `null`.
 */
export function findForeignValue(given: unknown, parsed: unknown): string | null {
  if (!isPlainObject(parsed)) return null;
  const fields = isPlainObject(given) ? given : {};
  for (const [name, value] of Object.entries(parsed)) {
    if (isConverted(fields[name], value)) return name;
    const inner = name === USER_FIELDS ? findComposite(value) : null;
    if (inner !== null) return `${name}.${inner}`;
  }
  return null;
}

/** Whether an e-mail address of the body is longer than any address can be. */
export function hasLongAddress(parsed: unknown): boolean {
  return isPlainObject(parsed) && EMAIL_FIELDS.some((name) => isTooLong(parsed[name]));
}

function isTooLong(value: unknown): boolean {
  return typeof value === 'string' && value.length > LONGEST.emailAddress;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `String(["id"])` is `"id"`, and that of a missing field is `"undefined"`. */
function isConverted(given: unknown, parsed: unknown): boolean {
  return typeof parsed === 'string' && typeof given !== 'string' && String(given) === parsed;
}

/** No field of a user holds a list or an object. The e-mail address is text. */
function findComposite(data: unknown): string | null {
  if (!isPlainObject(data)) return null;
  return Object.entries(data).find(isForeign)?.[0] ?? null;
}

function isForeign([name, value]: [string, unknown]): boolean {
  const isComposite = typeof value === 'object' && value !== null;
  return isComposite || (name === 'email' && typeof value !== 'string');
}
