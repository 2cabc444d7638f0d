import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { toClientNetwork } from '../../runtime/network/client-network';
import { RESOLVED_ADDRESS_HEADER } from '../common/request-origin';
import type { HookContext } from '../common/hook-types';

/** Long enough that two accounts do not share a key. */
const KEY_LENGTH = 22;

/**
 * The keys of counters. The key of an account is a MAC of its e-mail address, in lower case as
 * Better-Auth looks it up. An address without an account has a key too. The store of the counters
 * does not reveal addresses.
 */
export class LimitKeys {
  private readonly secret: KeyObject;

  constructor(secret: string) {
    const key = Buffer.from(hkdfSync('sha256', secret, '', 'gatehouse limits', 32));
    this.secret = createSecretKey(key);
  }

  account(email: string): string {
    const mac = createHmac('sha256', this.secret).update(email.toLowerCase());
    return mac.digest('base64url').slice(0, KEY_LENGTH);
  }
}

/**
 * The client's network: an IPv4 address or an IPv6 prefix; `null` for calls of the server itself.
 */
export function networkOf(ctx: HookContext): string | null {
  const address = ctx.request?.headers.get(RESOLVED_ADDRESS_HEADER) ?? null;
  return address === null ? null : toClientNetwork(address);
}
