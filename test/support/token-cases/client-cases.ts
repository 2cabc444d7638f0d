import { casesOf, type TokenCase, type TokenKit, withClaims } from './token-case';

const AUDIENCE = 'RFC 8707 §2';
const OTHER_SERVERS = ['https://orders.example.com', 'https://stock.example.com'];
const SERVICE_ACCOUNT = 'RFC 9068 §2.2';
const ONE_OF_TWO = 'contract: a user or a client';
const LIVE = 'contract: live access';
const SCOPE = 'RFC 6750 §3.1';

/** Tokens of clients: of service accounts, and of clients that act for a user. */
export const CLIENT_CASES: TokenCase[] = [
  ...casesOf('accepted', [
    [
      'client_id and scope of a client that acts for a user',
      SERVICE_ACCOUNT,
      delegated({ scope: 'openid profile' }),
    ],
    ['azp that is the client_id', SERVICE_ACCOUNT, delegated((kit) => ({ azp: kit.clientId }))],
    ['jti', SERVICE_ACCOUNT, withClaims({ jti: 'a' })],
  ]),
  ...casesOf('insufficient_scope', [
    [
      'a client that acts for a user without the scope of the route',
      SCOPE,
      delegated({ scope: 'openid' }),
    ],
    ['a scope that begins like the one of the route', SCOPE, delegated({ scope: 'profiles' })],
    ['an empty scope', SCOPE, delegated({ scope: '' })],
    [
      'a scope that the client may not have',
      LIVE,
      delegated((kit) => ({ client_id: kit.poorClientId })),
    ],
  ]),
  ...casesOf('user_required', [
    ['a service account on a route about a user', ONE_OF_TWO, serviceAccount({})],
    [
      'a service account with the scopes of a user',
      ONE_OF_TWO,
      serviceAccount({ scope: 'openid profile' }),
    ],
  ]),
  ...casesOf('invalid_token', [
    ['a token for another resource server', AUDIENCE, delegated({ aud: OTHER_SERVERS[0] })],
    ['a token for two other resource servers', AUDIENCE, delegated({ aud: OTHER_SERVERS })],
    [
      'a token for userinfo alone',
      AUDIENCE,
      delegated(({ claims }) => ({ aud: [`${claims.iss}/api/auth/oauth2/userinfo`] })),
    ],
    [
      "a service account's token for another resource server",
      AUDIENCE,
      serviceAccount({ aud: OTHER_SERVERS[0] }),
    ],
    [
      'a token for its own client, as an ID token',
      AUDIENCE,
      delegated((kit) => ({ aud: kit.clientId })),
    ],
    ['a service account with a role', ONE_OF_TWO, serviceAccount({ role: 'admin' })],
    [
      'a service account with a sid',
      ONE_OF_TWO,
      serviceAccount((kit) => ({ sid: kit.claims.sid })),
    ],
    ['a service account with an empty sid', ONE_OF_TWO, serviceAccount({ sid: '' })],
    ['a service account with a role of null', ONE_OF_TWO, serviceAccount({ role: null })],
    ['a service account without client_id', ONE_OF_TWO, serviceAccount({ client_id: undefined })],
    ['a service account without scope', SERVICE_ACCOUNT, serviceAccount({ scope: undefined })],
    [
      'a service account whose client_id is another one',
      ONE_OF_TWO,
      serviceAccount({ client_id: 'another' }),
    ],
    ['a disabled service account', LIVE, serviceAccount((kit) => ofClient(kit.disabledClientId))],
    ['an unknown service account', LIVE, serviceAccount(ofClient('no-such-client'))],
    [
      'a user whose id is the client_id',
      ONE_OF_TWO,
      delegated((kit) => ({ client_id: kit.claims.sub })),
    ],
    ['a client that acts for a user without a sid', ONE_OF_TWO, delegated({ sid: undefined })],
    ['a client that acts for a user without a role', ONE_OF_TWO, delegated({ role: undefined })],
    [
      'a client that acts for a user and is disabled',
      LIVE,
      delegated((kit) => ({ client_id: kit.disabledClientId })),
    ],
    [
      'a client without a grant of the user',
      LIVE,
      delegated((kit) => ({ client_id: kit.ungrantedClientId })),
    ],
    [
      'a client whose grant is newer than the token',
      LIVE,
      delegated((kit) => ({ client_id: kit.regrantedClientId })),
    ],
    ['a former grant of the same client', LIVE, delegated({ granted_at: 1_700_000_000.5 })],
    ['an unknown client that acts for a user', LIVE, delegated({ client_id: 'no-such-client' })],
    ['an empty client_id', SERVICE_ACCOUNT, delegated({ client_id: '' })],
    ['client_id as an array', SERVICE_ACCOUNT, delegated((kit) => ({ client_id: [kit.clientId] }))],
    ['client_id null', SERVICE_ACCOUNT, delegated({ client_id: null })],
    ['scope as an array', SERVICE_ACCOUNT, delegated({ scope: ['profile'] })],
    ['no scope beside client_id', SERVICE_ACCOUNT, delegated({ scope: undefined })],
    ['scope without client_id', SERVICE_ACCOUNT, withClaims({ scope: 'profile' })],
    ['azp without client_id', SERVICE_ACCOUNT, withClaims({ azp: 'a' })],
    ['azp of another client', SERVICE_ACCOUNT, delegated({ azp: 'another' })],
  ]),
];

type Changes = object | ((kit: TokenKit) => object);

/** A token of a client that acts for the user, except for these claims. */
function delegated(changes: Changes) {
  return withClaims((kit) => ({
    client_id: kit.clientId,
    scope: 'profile',
    ...(typeof changes === 'function' ? changes(kit) : changes),
  }));
}

/** A token of a service account, except for these claims. */
function serviceAccount(changes: Changes) {
  return withClaims((kit) => ({
    ...ofClient(kit.clientId),
    scope: 'users:read',
    sid: undefined,
    role: undefined,
    ...(typeof changes === 'function' ? changes(kit) : changes),
  }));
}

function ofClient(clientId: string) {
  return { sub: clientId, client_id: clientId };
}
