import { type CaseRequest, good, type Outcome, type TokenCase } from './token-case';

const BEARER = 'RFC 6750 §2.1';
const ALONE = 'contract: that header alone';

/** How the token is sent. */
export const REQUEST_CASES: TokenCase[] = [
  ...sent('accepted', [
    ['scheme in lower case', 'RFC 9110 §11.1', authorization('bearer {}')],
    ['scheme in upper case', 'RFC 9110 §11.1', authorization('BEARER {}')],
    ['several spaces after the scheme', 'RFC 9110 §11.4', authorization('Bearer   {}')],
    [
      'something else in the query',
      ALONE,
      (token) => ({ headers: { authorization: `Bearer ${token}` }, query: '?access_token=x' }),
    ],
  ]),
  ...sent('missing_token', [
    ['no Authorization header', BEARER, () => ({ headers: {} })],
    ['an empty Authorization header', BEARER, authorization('')],
    ['scheme without a token', BEARER, authorization('Bearer')],
    ['token without a scheme', BEARER, authorization('{}')],
    ['scheme Basic', BEARER, authorization('Basic {}')],
    ['scheme DPoP', BEARER, authorization('DPoP {}')],
    ['a colon after the scheme', BEARER, authorization('Bearer: {}')],
    ['a tab after the scheme', 'RFC 9110 §11.4', authorization('Bearer\t{}')],
    [
      'token in the query',
      ALONE,
      (token) => ({ headers: {}, query: `?access_token=${token}&token=${token}` }),
    ],
    [
      'token in a cookie',
      ALONE,
      (token) => ({ headers: { cookie: `access_token=${token}; token=${token}` } }),
    ],
    [
      'token in X-Authorization and Proxy-Authorization',
      ALONE,
      (token) => ({
        headers: {
          'x-authorization': `Bearer ${token}`,
          'proxy-authorization': `Bearer ${token}`,
        },
      }),
    ],
  ]),
  ...sent('invalid_token', [
    [
      'two Authorization headers, both good',
      'RFC 9110 §5.3',
      (token) => ({ headers: { authorization: [`Bearer ${token}`, `Bearer ${token}`] } }),
    ],
    [
      'a good Authorization header behind one of scheme Basic',
      'RFC 9110 §5.3',
      (token) => ({ headers: { authorization: ['Basic eDp5', `Bearer ${token}`] } }),
    ],
    ['two tokens with a comma between them', BEARER, authorization('Bearer {}, Bearer {}')],
    ['two tokens with a space between them', BEARER, authorization('Bearer {} {}')],
    ['token in quotes', BEARER, authorization('Bearer "{}"')],
    ['token as a parameter', BEARER, authorization('Bearer token={}')],
    ['the scheme twice', BEARER, authorization('Bearer Bearer {}')],
  ]),
];

type RequestOf = (token: string) => CaseRequest;

function sent(outcome: Outcome, entries: [string, string, RequestOf][]): TokenCase[] {
  return entries.map(([title, rule, requestOf]) => ({
    title,
    rule,
    outcome,
    request: async (kit) => requestOf(await good(kit)),
  }));
}

/** @param template `{}` is replaced by a valid token. */
function authorization(template: string): RequestOf {
  return (token) => ({ headers: { authorization: template.replaceAll('{}', token) } });
}
