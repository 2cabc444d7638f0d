import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { LimitStore } from './limit-store';
import { isEmailAddress } from '../common/email-address';
import type { HookContext } from '../common/hook-types';

/** A browser is known for one year after its last sign-in, in seconds. */
const DEVICE_LIFETIME_S = 365 * 86_400;

/** The time of a known address is written at most once in this time, in seconds. */
const ADDRESS_UPDATE_AGE_S = 86_400;

/** An IP address is known for 90 days after each sign-in, in seconds. */
const ADDRESS_LIFETIME_S = 90 * 86_400 + ADDRESS_UPDATE_AGE_S;

/** An account, and the network from which a request for it comes. */
export interface Origin {
  account: string;
  network: string;
  /** The version of the credentials of the account; empty before their first change. */
  credentials: string;
}

const VERSION = `(extract(epoch FROM c.changed_at) * 1000000)::bigint::text AS version`;

const OF_ACCOUNT = `
  SELECT ${VERSION} FROM "user" u JOIN credential_state c ON c.user_id = u.id WHERE u.email = $1`;

/** A change of the credentials ends the session in the same transaction. */
const OF_SESSION = `
  SELECT ${VERSION} FROM session s JOIN credential_state c ON c.user_id = s.user_id WHERE s.id = $1`;

/**
 * Browsers and IP addresses from which a user has signed in. Attempts from other sources do not
 * limit these, so an attack does not lock the owner out. A change of the credentials makes all
 * sources unknown: an attacker who knew the former password would otherwise have many.
 *
 * A browser proves itself by a signed cookie ("device cookie":
 * https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies), a client
 * without cookies by its IP address.
 */
export class KnownSources {
  private readonly addresses: RateLimiterAbstract;
  /** By request: the known address whose time needs no update. */
  private readonly recent = new WeakMap<Request, string>();

  constructor(
    store: LimitStore,
    private readonly pool: Pool,
  ) {
    const duration = ADDRESS_LIFETIME_S;
    this.addresses = store.counter({ name: 'known-address', points: 1, duration });
  }

  /** The version of the present credentials; as before their first change without an account. */
  async versionOf(email: string): Promise<string> {
    if (!isEmailAddress(email)) return '';
    return (await this.readVersion(OF_ACCOUNT, email.toLowerCase())) ?? '';
  }

  /** @returns the version with which a session has begun; `null` after its end. */
  versionOfSession(id: string): Promise<string | null> {
    return this.readVersion(OF_SESSION, id);
  }

  private async readVersion(query: string, value: string): Promise<string | null> {
    const { rows } = await this.pool.query<{ version: string | null }>(query, [value]);
    return rows[0] ? (rows[0].version ?? '') : null;
  }

  /** @returns the id of the browser that sends the request; `null` for an unknown browser. */
  async deviceOf(ctx: HookContext, origin: Origin): Promise<string | null> {
    const value = await ctx.getSignedCookie(cookieOf(ctx).name, ctx.context.secret);
    const [owner, device] = value ? value.split('.') : [];
    return owner === ownerOf(origin) && device ? device : null;
  }

  async isKnownAddress({ request }: HookContext, origin: Origin): Promise<boolean> {
    const found = await this.addresses.get(addressOf(origin));
    const isRecent =
      (found?.msBeforeNext ?? 0) > (ADDRESS_LIFETIME_S - ADDRESS_UPDATE_AGE_S) * 1_000;
    if (request && isRecent) this.recent.set(request, addressOf(origin));
    return found !== null;
  }

  /** Remembers the source of a request whose sender has proved to own the account. */
  async remember(ctx: HookContext, origin: Origin): Promise<void> {
    const known = await this.deviceOf(ctx, origin);
    const device = known ?? randomBytes(16).toString('base64url');
    const { name, attributes } = cookieOf(ctx);
    const value = `${ownerOf(origin)}.${device}`;
    await ctx.setSignedCookie(name, value, ctx.context.secret, attributes);
    if (ctx.request && this.recent.get(ctx.request) === addressOf(origin)) return;
    await this.addresses.set(addressOf(origin), 1, ADDRESS_LIFETIME_S);
  }
}

function cookieOf(ctx: HookContext) {
  return ctx.context.createAuthCookie('known_device', { maxAge: DEVICE_LIFETIME_S });
}

function ownerOf({ account, credentials }: Origin): string {
  return credentials ? `${account}~${credentials}` : account;
}

function addressOf(origin: Origin): string {
  return `${ownerOf(origin)}:${origin.network}`;
}

export function keyOf({ account, network }: Origin): string {
  return `${account}:${network}`;
}
