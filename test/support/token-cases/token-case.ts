import type { Claims, SigningKey } from '../signing-key';

/** The result of a request: 200, or one of these codes. */
export type Outcome = 'accepted' | Refusal;

export type Refusal = 'missing_token' | 'invalid_token' | 'insufficient_scope' | 'user_required';

/** The parts that a case builds its request from. */
export interface TokenKit {
  /** The API's stopped clock, in whole seconds since the epoch. */
  now: number;
  /** The claims of an accepted token. */
  claims: Claims & { iss: string; aud: string; sub: string; sid: string };
  /** The signing key. */
  key: SigningKey;
  /** Also published, with `use` and `key_ops` and without `alg`. */
  nextKey: SigningKey;
  /** Not published. */
  strangeKey: SigningKey;
  /** Published, but unusable for tokens, by the reason. */
  unfitKeys: Record<UnfitKey, SigningKey>;
  /** A session of another user. */
  otherSessionId: string;
  /** A session that has expired. */
  expiredSessionId: string;
  /** A client that may have the scope `profile`. */
  clientId: string;
  /** One that may not. */
  poorClientId: string;
  /** A disabled one. */
  disabledClientId: string;
  /** A client without a grant of the user in this session. */
  ungrantedClientId: string;
  /** A client whose grant is newer than the token. */
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

/** Headers and query of a request, for cases about more than the token. */
export interface CaseRequest {
  headers: Record<string, string | string[]>;
  /** Appended to the URL. */
  query?: string;
}

type Made<T> = T | Promise<T>;

/** One line of docs/token-cases.md. */
export type TokenCase = {
  title: string;
  /** The source of the expected result. */
  rule: string;
  outcome: Outcome;
} & (
  { token: (kit: TokenKit) => Made<string> } | { request: (kit: TokenKit) => Made<CaseRequest> }
);

export interface TokenCaseGroup {
  title: string;
  /** The API's `JWT_ALGORITHM`. */
  algorithm: 'RS256' | 'ES256' | 'PS256';
  cases: TokenCase[];
}

type TokenOf = (kit: TokenKit) => Made<string>;

/** Builds cases of one outcome from a title, a rule and a token. */
export function casesOf(outcome: Outcome, entries: [string, string, TokenOf][]): TokenCase[] {
  return entries.map(([title, rule, token]) => ({ title, rule, outcome, token }));
}

/** An accepted token, made like the auth server's. */
export function good({ key, claims }: TokenKit): Promise<string> {
  return key.sign(claims);
}

/** A valid token except for these header parameters; `undefined` omits one. */
export function withHeader(parameters: object): TokenOf {
  return ({ key, claims }) =>
    key.signRaw({
      header: JSON.stringify({ alg: key.alg, kid: key.kid, ...parameters }),
      payload: JSON.stringify(claims),
    });
}

/** A valid token except for its header, as text or bytes. */
export function withHeaderText(header: (kit: TokenKit) => string | Buffer): TokenOf {
  return (kit) => kit.key.signRaw({ header: header(kit), payload: JSON.stringify(kit.claims) });
}

/** A valid token except for these claims; `undefined` omits one. */
export function withClaims(claims: object | ((kit: TokenKit) => object)): TokenOf {
  return (kit) => {
    const changes = typeof claims === 'function' ? claims(kit) : claims;
    return withPayloadText(() => JSON.stringify({ ...kit.claims, ...changes }))(kit);
  };
}

/** A valid token except for its payload, as text or bytes. */
export function withPayloadText(payload: (kit: TokenKit) => string | Buffer): TokenOf {
  return (kit) => {
    const { alg, kid } = kit.key;
    return kit.key.signRaw({
      header: JSON.stringify({ alg, kid, typ: 'JWT' }),
      payload: payload(kit),
    });
  };
}

/** A valid token with one of its three parts replaced and its signature unchanged. */
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
