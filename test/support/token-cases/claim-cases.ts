import { casesOf, type TokenCase, withClaims, withPayloadText } from './token-case';

const ISS = 'RFC 7519 §4.1.1';
const AUD = 'RFC 7519 §4.1.3';
const SUB = 'RFC 9068 §2.2';
const ROLE = 'contract: closed list';
const SID = 'contract: session id';
const OBJECT = 'RFC 7519 §7.2';
const LIVE = 'contract: live access';
const ACT = 'RFC 8693 §4.1';

/** Claims of the payload. */
export const CLAIM_CASES: TokenCase[] = [
  ...casesOf('accepted', [
    [
      'aud as an array that contains ours',
      AUD,
      withClaims(({ claims }) => ({ aud: ['x', claims.aud] })),
    ],
    ['aud as an array of ours alone', AUD, withClaims(({ claims }) => ({ aud: [claims.aud] }))],
    ['unknown claims', OBJECT, withClaims({ foo: { bar: [1] }, email: 'x@example.com' })],
    [
      'sub twice, the right one last',
      'RFC 7519 §4',
      withPayloadText(({ claims }) => JSON.stringify(claims).replace('{', '{"sub":"nobody",')),
    ],
    ['role of an administrator, which the user is not', LIVE, withClaims({ role: 'admin' })],
  ]),
  ...casesOf('invalid_token', [
    ['cnf: bound to a key', 'RFC 9449 §7.1', withClaims({ cnf: { jkt: 'x'.repeat(43) } })],
    ['no iss', ISS, withClaims({ iss: undefined })],
    ['iss of someone else', ISS, withClaims({ iss: 'https://evil.example' })],
    ['iss with a slash at the end', ISS, withClaims(({ claims }) => ({ iss: `${claims.iss}/` }))],
    ['iss in upper case', ISS, withClaims(({ claims }) => ({ iss: claims.iss.toUpperCase() }))],
    ['iss as an array', ISS, withClaims(({ claims }) => ({ iss: [claims.iss] }))],
    ['iss null', ISS, withClaims({ iss: null })],
    ['no aud', AUD, withClaims({ aud: undefined })],
    ['aud of someone else', AUD, withClaims({ aud: 'https://other.example' })],
    [
      'ours as a part of aud',
      AUD,
      withClaims(({ claims }) => ({ aud: `${claims.aud}.evil.example` })),
    ],
    [
      'aud as the beginning of ours',
      AUD,
      withClaims(({ claims }) => ({ aud: claims.aud.slice(0, -1) })),
    ],
    ['aud as an array without ours', AUD, withClaims({ aud: ['x', 'y'] })],
    ['aud as an empty array', AUD, withClaims({ aud: [] })],
    ['aud as an array of arrays', AUD, withClaims(({ claims }) => ({ aud: [[claims.aud]] }))],
    ['a number beside ours in aud', AUD, withClaims(({ claims }) => ({ aud: [claims.aud, 1] }))],
    [
      'an empty text beside ours in aud',
      AUD,
      withClaims(({ claims }) => ({ aud: [claims.aud, ''] })),
    ],
    ['aud as an object', AUD, withClaims(({ claims }) => ({ aud: { [claims.aud]: true } }))],
    ['aud null', AUD, withClaims({ aud: null })],
    ['no sub', SUB, withClaims({ sub: undefined })],
    ['an empty sub', SUB, withClaims({ sub: '' })],
    ['sub with a NUL', SUB, withClaims(({ claims }) => ({ sub: `${claims.sub}\0` }))],
    ['sub of a NUL alone', SUB, withClaims({ sub: '\0' })],
    ['sub with a line break', SUB, withClaims(({ claims }) => ({ sub: `${claims.sub}\n` }))],
    ['sub as a number', SUB, withClaims({ sub: 1 })],
    ['sub as an array', SUB, withClaims(({ claims }) => ({ sub: [claims.sub] }))],
    ['sub null', SUB, withClaims({ sub: null })],
    ['sub of another user than the session', LIVE, withClaims({ sub: 'someone-else' })],
    ['no sid', SID, withClaims({ sid: undefined })],
    ['sid with a NUL', SID, withClaims(({ claims }) => ({ sid: `${claims.sid}\0` }))],
    ['sid of a NUL alone', SID, withClaims({ sid: '\0' })],
    ['an empty sid', SID, withClaims({ sid: '' })],
    ['sid as a number', SID, withClaims({ sid: 1 })],
    ['sid of no session', LIVE, withClaims({ sid: 'no-such-session' })],
    ['sid of another user', LIVE, withClaims(({ otherSessionId }) => ({ sid: otherSessionId }))],
    [
      'sid of an expired session',
      LIVE,
      withClaims(({ expiredSessionId }) => ({ sid: expiredSessionId })),
    ],
    ['no role', ROLE, withClaims({ role: undefined })],
    ['a role outside of the list', ROLE, withClaims({ role: 'superuser' })],
    ['role in upper case', ROLE, withClaims({ role: 'USER' })],
    ['role as an array', ROLE, withClaims({ role: ['user'] })],
    ['role null', ROLE, withClaims({ role: null })],
    [
      'role in __proto__ alone',
      ROLE,
      withPayloadText(({ claims }) => {
        const { role, ...others } = claims;
        return JSON.stringify(others).replace('{', `{"__proto__":${JSON.stringify({ role })},`);
      }),
    ],
    ['act null', ACT, withClaims({ act: null })],
    ['act without a sub', ACT, withClaims({ act: {} })],
    ['act with a sub that is a number', ACT, withClaims({ act: { sub: 1 } })],
    ['a payload of null', OBJECT, withPayloadText(() => 'null')],
    [
      'a payload that is an array',
      OBJECT,
      withPayloadText(({ claims }) => JSON.stringify([claims])),
    ],
    ['a payload that is a text', OBJECT, withPayloadText(() => '"claims"')],
    ['a payload that is a number', OBJECT, withPayloadText(() => '1')],
    ['a payload that is true', OBJECT, withPayloadText(() => 'true')],
    ['a payload without claims', OBJECT, withPayloadText(() => '{}')],
    ['a payload that is not JSON', OBJECT, withPayloadText(() => 'sub=1')],
    [
      'a payload that ends too soon',
      OBJECT,
      withPayloadText(({ claims }) => JSON.stringify(claims).slice(0, -1)),
    ],
    [
      'a payload that is not UTF-8',
      OBJECT,
      withPayloadText(({ claims }) => {
        const [before, after] = JSON.stringify({ ...claims, x: '?' }).split('?');
        return Buffer.concat([
          Buffer.from(before!),
          Buffer.from([0xc3, 0x28]),
          Buffer.from(after!),
        ]);
      }),
    ],
  ]),
];
