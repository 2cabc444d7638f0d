import { GrowingDelay, scaled, type DelayRule } from './growing-delay';
import { refusal, type Policy, type Verdict } from './limit-headers';
import type { LimitStore } from './limit-store';
import { keyOf, type KnownSources, type Origin } from './known-sources';
import type { HookContext } from '../common/hook-types';
import type { RateLimitFactors } from '../../runtime/settings/load';

const HOUR = 3_600;
const DAY = 86_400;

/**
 * The limits of the password sign-in: docs/security/limits.md. Those of one account leave fewer than
 * 100 guesses a day.
 */
export const SIGN_IN_RULES = {
  /** One account from one IP address: a user who mistypes, or an attacker at one place. */
  origin: { name: 'sign-in', free: 5, window: DAY, longest: 1_200 },
  /** One account from a browser that its owner has used. */
  device: { name: 'sign-in-device', free: 10, window: DAY, longest: 1_200 },
  /** All accounts from one IP address: one common password, tried at many accounts. */
  address: { name: 'sign-in-address', free: 30, window: HOUR, longest: 300 },
  /** One account from all unknown sources. */
  account: { name: 'sign-in-account', free: 20, window: DAY, longest: 1_800 },
} as const satisfies Record<string, DelayRule>;

/** Of a signed-in user who gives the password again: a session can be stolen. */
export const PASSWORD_RULE: DelayRule = { name: 'password', free: 5, window: DAY, longest: 1_200 };

/** A limit of an attempt, and the key that it counts. */
interface CountedLimit {
  limit: GrowingDelay;
  key: string;
}

/** An allowed attempt without an outcome. */
export interface SignInAttempt {
  /** The limit of the source, a browser or an IP address, comes first. */
  limits: CountedLimit[];
  /** The policy of the first limit, to which the verdict belongs. */
  policy: Policy;
  verdict: Verdict;
}

interface SignInLimitsParts {
  store: LimitStore;
  sources: KnownSources;
  factors: RateLimitFactors;
}

/** Counts failed password sign-ins for each account and each IP address. */
export class SignInLimits {
  private readonly origin: GrowingDelay;
  private readonly device: GrowingDelay;
  private readonly address: GrowingDelay;
  private readonly account: GrowingDelay;

  private readonly sources: KnownSources;

  constructor({ store, sources, factors: { quotas, guesses } }: SignInLimitsParts) {
    const { origin, device, address, account } = SIGN_IN_RULES;
    this.sources = sources;
    this.origin = new GrowingDelay(store, scaled(origin, guesses));
    this.device = new GrowingDelay(store, scaled(device, guesses));
    this.address = new GrowingDelay(store, scaled(address, quotas));
    this.account = new GrowingDelay(store, scaled(account, guesses));
  }

  /**
   * Counts the attempt before it runs.
   *
   * @throws {APIError} 429 when the attempt must wait; it is not counted then.
   */
  async begin(ctx: HookContext, origin: Origin): Promise<SignInAttempt> {
    const device = await this.sources.deviceOf(ctx, origin);
    const nearest =
      device === null
        ? { limit: this.origin, key: keyOf(origin) }
        : { limit: this.device, key: device };
    const policy = nearest.limit.policy;
    const isKnown = device !== null || (await this.sources.isKnownAddress(ctx, origin));
    if (!isKnown) await this.refuseAddressInWait(origin);
    const verdict = await nearest.limit.take(nearest.key);
    if (!verdict.isAllowed) throw refusal(policy, verdict);
    const limits = [nearest];
    // Attempts from unknown sources limit unknown sources only.
    if (!isKnown) await this.countUnknownSource(limits, origin);
    return { limits, policy, verdict };
  }

  /** The password was right: earlier attempts from this source are forgotten. */
  async succeed({ limits: [nearest, ...others], verdict }: SignInAttempt): Promise<void> {
    await Promise.all([nearest!.limit.forgetAllowed(nearest!.key, verdict), giveBack(others)]);
  }

  /** The attempt ended before the password was checked. */
  async cancel({ limits }: SignInAttempt): Promise<void> {
    await giveBack(limits);
  }

  /** The owner has set a password by mail: attempts of unknown sources are forgotten. */
  async forgetUnknownSources(origin: Origin): Promise<void> {
    const { account } = origin;
    await Promise.all([this.account.forget(account), this.origin.forget(keyOf(origin))]);
  }

  /** Before any counter: an attempt for each of many accounts would leave a row in the table. */
  private async refuseAddressInWait({ network }: Origin): Promise<void> {
    const verdict = await this.address.findRefusal(network);
    if (verdict) throw refusal(this.address.policy, verdict);
  }

  /** Counts all limits of an attempt. When one refuses, the others are given back. */
  private async countUnknownSource(
    passed: CountedLimit[],
    { account, network }: Origin,
  ): Promise<void> {
    const more = [
      { limit: this.address, key: network },
      { limit: this.account, key: account },
    ];
    for (const next of more) {
      const verdict = await next.limit.take(next.key);
      if (!verdict.isAllowed) {
        await giveBack(passed);
        throw refusal(next.limit.policy, verdict);
      }
      passed.push(next);
    }
  }
}

async function giveBack(limits: CountedLimit[]): Promise<void> {
  await Promise.all(limits.map(({ limit, key }) => limit.giveBack(key)));
}
