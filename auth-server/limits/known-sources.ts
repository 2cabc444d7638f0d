import { randomBytes } from 'node:crypto';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { LimitStore } from './limit-store';
import type { HookContext } from '../common/caller';

/** How long a browser is known, in seconds: a year, from its last sign-in. */
const DEVICE_LIFETIME_S = 365 * 86_400;

/** How long an address is known, in seconds. */
const ADDRESS_LIFETIME_S = 90 * 86_400;

/** An account, and the network from which a request for it comes. */
export interface Origin {
  account: string;
  network: string;
}

/**
 * From where an account has been signed in to before. What strangers do to an account is
 * not held against whoever comes from there: an attack cannot keep the owner out.
 *
 * A browser proves it with a signed cookie ("device cookie":
 * https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies),
 * a program, which keeps none, by its address.
 */
export class KnownSources {
  private readonly addresses: RateLimiterAbstract;

  constructor(store: LimitStore) {
    const duration = ADDRESS_LIFETIME_S;
    this.addresses = store.counter({ name: 'known-address', points: 1, duration });
  }

  /** @returns the name of the browser that sends the request, `null` where it is not known. */
  async deviceOf(ctx: HookContext, account: string): Promise<string | null> {
    const value = await ctx.getSignedCookie(cookieOf(ctx).name, ctx.context.secret);
    const [owner, device] = value ? value.split('.') : [];
    return owner === account && device ? device : null;
  }

  async isKnownAddress(origin: Origin): Promise<boolean> {
    return (await this.addresses.get(keyOf(origin))) !== null;
  }

  /** Somebody has proved to be the owner of the account. */
  async remember(ctx: HookContext, origin: Origin): Promise<void> {
    const known = await this.deviceOf(ctx, origin.account);
    const device = known ?? randomBytes(16).toString('base64url');
    const { name, attributes } = cookieOf(ctx);
    const value = `${origin.account}.${device}`;
    await ctx.setSignedCookie(name, value, ctx.context.secret, attributes);
    await this.addresses.set(keyOf(origin), 1, ADDRESS_LIFETIME_S);
  }
}

function cookieOf(ctx: HookContext) {
  return ctx.context.createAuthCookie('known_device', { maxAge: DEVICE_LIFETIME_S });
}

export function keyOf({ account, network }: Origin): string {
  return `${account}:${network}`;
}
