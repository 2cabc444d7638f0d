import { COMMON_PASSWORDS } from './common-passwords';
import type { UserContact } from '../common/user-contact';

/** The name of the service, which is guessed too. */
const SERVICE = 'gatehouse';

/** Digits that do not make a word less common: a year, a date, a house number. */
const DIGITS_AROUND = /^\d{0,6}(.*?)\d{0,6}$/s;

/** Words of the user that are shorter than this occur in too many good passwords. */
const SHORTEST_PERSONAL = 3;

/** Characters that replace letters. */
const LOOKALIKES: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Rows of the keyboard, in both directions. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'zaq1xsw2cde3vfr4bgt5nhy6mju7ki8lo9p0',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'a1b2c3d4e5f6g7h8i9j0',
  '1a2b3c4d5e6f7g8h9i0j',
];
const WALKS = [...ROWS, ...ROWS.map((row) => row.split('').reverse().join(''))];
const SHORTEST_WALK = 3;

const DATES =
  /^((19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(19|20)\d{2}|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(19|20)\d{2})$/;

/**
 * Whether a password is guessed early: a common password with digits or marks around it, a word of
 * the user, a repetition, a date, a row of the keyboard (NIST SP 800-63B-4, section 3.1.1.2).
 * There are no composition rules.
 */
export function isEasilyGuessed(password: string, person: UserContact): boolean {
  const lower = password.normalize('NFKC').toLowerCase();
  const plain = squash(lower);
  if (isMonotonous(lower) || isWalk(plain) || DATES.test(plain)) return true;
  const known = personalWords(person);
  return readings(lower).some((reading) => known.has(reading) || COMMON_PASSWORDS.has(reading));
}

/**
 * The words inside a password: with and without replaced letters, repetitions and digits around
 * it.
 */
function readings(lower: string): string[] {
  const spelled = lower.replace(/[013457@$!8]/g, (character) => LOOKALIKES[character]!);
  const bare = lower.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const spelledBare = bare.replace(/[013457@$!8]/g, (character) => LOOKALIKES[character]!);
  return [lower, spelled, spelledBare]
    .map(squash)
    .flatMap((text) => [text, DIGITS_AROUND.exec(text)![1]!])
    .map(withoutRepetition);
}

/** Without white space and marks. */
function squash(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}

function withoutRepetition(text: string): string {
  return /^(.+?)\1+$/s.exec(text)?.[1] ?? text;
}

/** `aaaaaaaa`, `!!!!!!!!`, `12121212`, `abcabcabc`, and other texts of few different characters. */
function isMonotonous(text: string): boolean {
  return withoutRepetition(text).length <= 4 || new Set(text).size <= 2;
}

/** Whether a text consists of rows of the keyboard: `12345678`, `qwer4321`, `1qaz2wsx`. */
function isWalk(text: string): boolean {
  let start = 0;
  if (text === '') return false;
  while (start < text.length) {
    const length = longestWalk(text, start);
    if (length < SHORTEST_WALK) return false;
    start += length;
  }
  return true;
}

function longestWalk(text: string, start: number): number {
  let length = 0;
  while (start + length < text.length) {
    const piece = text.slice(start, start + length + 1);
    if (!WALKS.some((walk) => walk.includes(piece))) break;
    length += 1;
  }
  return length;
}

function personalWords({ email, name }: UserContact): Set<string> {
  const [local = '', domain = ''] = email.toLowerCase().split('@');
  const names = name.normalize('NFKC').toLowerCase().split(/\s+/);
  const words = [SERVICE, email.toLowerCase(), local, domain, domain.split('.')[0]!, ...names];
  const together = [names.join(''), names.toReversed().join('')];
  return new Set(
    [...words, ...together, ...local.split(/[^\p{L}]+/u)]
      .map(squash)
      .filter((word) => word.length >= SHORTEST_PERSONAL),
  );
}
