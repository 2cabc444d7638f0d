/**
 * Text for people, in one line.
 *
 * @param longest in code points, as the API counts (JSON Schema Validation, section 6.3.1).
 */
export function isPlainText(value: unknown, longest: number): value is string {
  return (
    typeof value === 'string' &&
    Array.from(value).length <= longest &&
    value.isWellFormed() &&
    !/\p{Cc}/u.test(value)
  );
}
