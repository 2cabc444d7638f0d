import type { Claims, SigningKey } from '../signing-key';

/** What the API makes of a request: 200, or one of these codes. */
export type Outcome = 'accepted' | Refusal;

export type Refusal = 'missing_token' | 'invalid_token' | 'insufficient_scope' | 'user_required';

/** What a case builds its request from. */
export interface TokenKit {
  /** The API's time, which stands still; in whole seconds since the epoch. */
  now: number;
  /** The claims of a token that is accepted. */
  claims: Claims & { iss: string; aud: string; sub: string; sid: string };
  /** The key that signs. */
  key: SigningKey;
  /** Published beside it, with `use` and `key_ops` and without `alg`. */
  nextKey: SigningKey;
  /** Published nowhere. */
  strangeKey: SigningKey;
  /** Published, but not to be used for tokens, by what makes them unfit. */
  unfitKeys: Record<UnfitKey, SigningKey>;
  /** A session of another user. */
  otherSessionId: string;
  /** A session that has expired. */
  expiredSessionId: string;
  /** A client that may have the scope `profile`. */
  clientId: string;
  /** One that may not. */
  poorClientId: string;
  /** One that is disabled. */
  disabledClientId: string;
  /** To which the user has granted nothing in this session. */
  ungrantedClientId: string;
  /** To which the user granted something after the token was issued. */
  regrantedClientId: string;
}

export const UNFIT_KEYS = [
  'use is enc',
  'key_ops lack verify',
  'alg is another one',
  'RSA of 1024 bits',
  'EC key',
] as const;

export type UnfitKey = (typeof UNFIT_KEYS)[number];

/** Headers and address of a request, where more than a token is special about it. */
export interface CaseRequest {
  headers: Record<string, string | string[]>;
  /** Appended to the address. */
  query?: string;
}

type Made<T> = T | Promise<T>;

/** One line of docs/token-cases.md. */
export type TokenCase = {
  title: string;
  /** Where it is written that the answer has to be this one. */
  rule: string;
  outcome: Outcome;
} & (
  { token: (kit: TokenKit) => Made<string> } | { request: (kit: TokenKit) => Made<CaseRequest> }
);

export interface TokenCaseGroup {
  title: string;
  /** What the API is set to. */
  algorithm: 'RS256' | 'ES256' | 'PS256';
  cases: TokenCase[];
}

type TokenOf = (kit: TokenKit) => Made<string>;

/** Builds cases of one outcome, from a title, a rule and what is special. */
export function casesOf(outcome: Outcome, entries: [string, string, TokenOf][]): TokenCase[] {
  return entries.map(([title, rule, token]) => ({ title, rule, outcome, token }));
}

/** A token that is accepted, made like the auth server's. */
export function good({ key, claims }: TokenKit): Promise<string> {
  return key.sign(claims);
}

/** A good token but for these header parameters; `undefined` leaves one out. */
export function withHeader(parameters: object): TokenOf {
  return ({ key, claims }) =>
    key.signRaw({
      header: JSON.stringify({ alg: key.alg, kid: key.kid, ...parameters }),
      payload: JSON.stringify(claims),
    });
}

/** A good token but for its header, as text or bytes. */
export function withHeaderText(header: (kit: TokenKit) => string | Buffer): TokenOf {
  return (kit) => kit.key.signRaw({ header: header(kit), payload: JSON.stringify(kit.claims) });
}

/** A good token but for these claims; `undefined` leaves one out. */
export function withClaims(claims: object | ((kit: TokenKit) => object)): TokenOf {
  return (kit) => {
    const changes = typeof claims === 'function' ? claims(kit) : claims;
    return withPayloadText(() => JSON.stringify({ ...kit.claims, ...changes }))(kit);
  };
}

/** A good token but for its payload, as text or bytes. */
export function withPayloadText(payload: (kit: TokenKit) => string | Buffer): TokenOf {
  return (kit) => {
    const { alg, kid } = kit.key;
    return kit.key.signRaw({
      header: JSON.stringify({ alg, kid, typ: 'JWT' }),
      payload: payload(kit),
    });
  };
}

/** A good token with one of its three parts replaced, its signature left as it was. */
export function withPart(
  index: 0 | 1 | 2,
  replace: (part: string, kit: TokenKit) => string,
): TokenOf {
  return async (kit) => {
    const parts = (await good(kit)).split('.');
    parts[index] = replace(parts[index]!, kit);
    return parts.join('.');
  };
}
