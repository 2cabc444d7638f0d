import { casesOf, type TokenCase, withClaims, withPayloadText } from './token-case';

const EXP = 'RFC 7519 §4.1.4';
const NBF = 'RFC 7519 §4.1.5';
const IAT = 'RFC 7519 §4.1.6';
const NUMBER = 'RFC 7519 §2';

/** Times of a token. The clock is stopped, so the limits are exact. */
export const TIME_CASES: TokenCase[] = [
  ...casesOf('accepted', [
    ['exp at this second', EXP, at('exp', 0)],
    ['exp 4 s ago, within the tolerance', EXP, at('exp', -4)],
    ['exp with a fraction', NUMBER, at('exp', 60.5)],
    ['exp in a hundred years', EXP, at('exp', 3_155_760_000)],
    ['nbf at this second', NBF, at('nbf', 0)],
    ['nbf in 5 s, within the tolerance', NBF, at('nbf', 5)],
    ['iat in 5 s, within the tolerance', IAT, at('iat', 5)],
  ]),
  ...casesOf('invalid_token', [
    ['exp 5 s ago', EXP, at('exp', -5)],
    ['exp an hour ago', EXP, at('exp', -3600)],
    ['exp 0', EXP, withClaims({ exp: 0 })],
    ['exp below zero', EXP, withClaims({ exp: -1 })],
    ['no exp', 'RFC 9068 §2.2', withClaims({ exp: undefined })],
    ['exp null', NUMBER, withClaims({ exp: null })],
    ['exp as a text', NUMBER, withClaims(({ now }) => ({ exp: String(now + 60) }))],
    ['exp as a date', NUMBER, withClaims({ exp: '2999-01-01T00:00:00Z' })],
    ['exp true', NUMBER, withClaims({ exp: true })],
    ['exp as an array', NUMBER, withClaims(({ now }) => ({ exp: [now + 60] }))],
    ['exp as an object', NUMBER, withClaims({ exp: {} })],
    ['exp 1e400, which is infinite', NUMBER, withInfinite('exp')],
    ['nbf in 6 s', NBF, at('nbf', 6)],
    ['nbf null', NUMBER, withClaims({ nbf: null })],
    ['nbf as a text', NUMBER, withClaims(({ now }) => ({ nbf: String(now) }))],
    ['nbf 1e400, which is infinite', NUMBER, withInfinite('nbf')],
    ['nbf -1e400, which is infinite', NUMBER, withInfinite('nbf', '-1e400')],
    ['iat in 6 s', IAT, at('iat', 6)],
    ['no iat', 'RFC 9068 §2.2', withClaims({ iat: undefined })],
    ['iat null', NUMBER, withClaims({ iat: null })],
    ['iat as a text', NUMBER, withClaims(({ now }) => ({ iat: String(now) }))],
    ['iat 1e400, which is infinite', NUMBER, withInfinite('iat')],
  ]),
];

function at(claim: string, seconds: number) {
  return withClaims(({ now }) => ({ [claim]: now + seconds }));
}

/** JSON can contain numbers outside the range of JavaScript. */
function withInfinite(claim: string, text = '1e400') {
  return withPayloadText(({ claims }) =>
    JSON.stringify({ ...claims, [claim]: 'X' }).replace('"X"', text),
  );
}
