import { createHmac, hkdfSync } from 'node:crypto';
import { toClientNetwork } from '../../runtime/client-network';
import { RESOLVED_ADDRESS_HEADER } from '../common/request-origin';
import type { HookContext } from '../common/caller';

/** Enough that no two accounts share a key. */
const KEY_LENGTH = 22;

/**
 * Names under which counters are kept. Accounts go by their e-mail, whether there is one
 * with it or not, in the form in which Better-Auth looks it up; where the counters are, nobody can
 * read which e-mail it was.
 */
export class LimitKeys {
  private readonly secret: Buffer;

  constructor(secret: string) {
    this.secret = Buffer.from(hkdfSync('sha256', secret, '', 'gatehouse limits', 32));
  }

  account(email: string): string {
    const mac = createHmac('sha256', this.secret).update(email.toLowerCase());
    return mac.digest('base64url').slice(0, KEY_LENGTH);
  }
}

/** Whose request it is: an IPv4 address or an IPv6 network; `null` for calls of our own. */
export function networkOf(ctx: HookContext): string | null {
  const address = ctx.request?.headers.get(RESOLVED_ADDRESS_HEADER) ?? null;
  return address === null ? null : toClientNetwork(address);
}
