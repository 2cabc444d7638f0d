/** Control characters. They end a line of a log or change a terminal, and PostgreSQL stores no NUL. */
export const CONTROLS = /\p{Cc}/u;

/**
 * Characters that change the direction of the text beside them, so that a name shows other
 * letters than it contains (https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing):
 * U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. Letters of right-to-left scripts
 * are no such characters.
 */
export const DIRECTION_CONTROLS = /\p{Bidi_Control}/u;

/** Text of white space and of characters without a picture, such as U+200B, U+3164 and U+2800. */
const INVISIBLE = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether a reader sees anything of the text. */
export function isVisible(text: string): boolean {
  return !INVISIBLE.test(text);
}

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
    !CONTROLS.test(value) &&
    !DIRECTION_CONTROLS.test(value)
  );
}
