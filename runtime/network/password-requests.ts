import { createHash } from 'node:crypto';
import { CALLER_TOKEN_HEADER, SERVICE_ACCOUNT_USERS_PATH } from '../../contract';

/**
 * Requests with a password that one network may have at the same time, for one account and for all.
 * The share of an account is one of a network: callers in other networks cannot use up the share of
 * its owner.
 */
const MOST = { account: 24, network: 100 } as const;

/** `Retry-After` of a refused request, in seconds. */
export const PASSWORD_RETRY_S = '2';

const PASSWORD_FIELDS = ['password', 'newPassword', 'currentPassword'];

/**
 * The field that names the account, by path: its address, or the code of a link to it. Elsewhere
 * the session names the account. A field that a path does not read names none.
 */
const OWNER_FIELDS = new Map([
  ['/sign-in/email', 'email'],
  ['/sign-up/email', 'email'],
  ['/reset-password', 'token'],
]);

/**
 * Where Better-Auth reads a session token: with or without its signature, behind a dot. A JWT, which
 * has two dots, counts as a whole.
 */
const BEARER = /^bearer +([^.\s]+\.[^.\s]+\.[^.\s]+|[^.%\s]+)/i;
const SIGNED_BEARER = /^bearer .*\./i;
const SESSION_COOKIE = /(?:^|; *)(?:__Secure-)?better-auth\.session_token=([^.%;]+)/;

export interface PasswordRequest {
  /** Below the path of Better-Auth. */
  path: string | undefined;
  body: unknown;
  header: (name: string) => string | null | undefined;
}

/** An empty password is hashed too. */
export function hasPassword(body: unknown): boolean {
  return PASSWORD_FIELDS.some((field) => textOf(body, field) !== null);
}

/**
 * The account that a request names, as a digest: texts of callers have any length. Empty for an
 * administrator or a service account that sets the password of another account: the request takes
 * places of its own network only.
 */
export function ownerOf({ path = '', body, header }: PasswordRequest): string {
  if (path.startsWith('/admin/') || path === SERVICE_ACCOUNT_USERS_PATH) return '';
  const field = OWNER_FIELDS.get(path);
  // Requests that name nothing share one name: the code of a link can also be in the URL.
  const named =
    field === undefined ? sessionOf(header) : textOf(body, field)?.toLowerCase() || path;
  return named ? createHash('sha256').update(named).digest('base64url') : '';
}

function sessionOf(header: PasswordRequest['header']): string | undefined {
  const authorization = header('authorization') ?? '';
  const cookie = SESSION_COOKIE.exec(header('cookie') ?? '')?.[1];
  // Only the secret shows which of the two is the session. All such requests share one name.
  const isAmbiguous = cookie !== undefined && SIGNED_BEARER.test(authorization);
  const own = isAmbiguous ? 'token and cookie' : (BEARER.exec(authorization)?.[1] ?? cookie);
  return header(CALLER_TOKEN_HEADER) ?? own;
}

function textOf(body: unknown, field: string): string | null {
  const value = (body as Record<string, unknown> | null | undefined)?.[field];
  return typeof value === 'string' ? value : null;
}

/** The account and the network of a request. */
export interface Source {
  /** Empty: none. */
  owner: string;
  network: string | undefined;
}

/**
 * Counts the requests with a password that a process serves at the same time. The API and the auth
 * server count with the same limits: the first process that reads a request refuses it.
 */
export class PasswordRequests {
  private readonly open = new Map<string, number>();

  /** @returns ends the request; `null` when a limit is reached. */
  begin(source: Source): (() => void) | null {
    const shares = sharesOf(source);
    if (shares.some(({ key, most }) => (this.open.get(key) ?? 0) >= most)) return null;
    for (const { key } of shares) this.count(key, 1);
    return () => {
      for (const { key } of shares) this.count(key, -1);
    };
  }

  private count(key: string, change: 1 | -1): void {
    const open = (this.open.get(key) ?? 0) + change;
    if (open > 0) this.open.set(key, open);
    else this.open.delete(key);
  }
}

function sharesOf({ owner, network }: Source) {
  if (network === undefined) return [];
  const ofNetwork = { key: `network ${network}`, most: MOST.network };
  if (owner === '') return [ofNetwork];
  return [ofNetwork, { key: `account ${owner} ${network}`, most: MOST.account }];
}
