import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware, isAPIError } from 'better-auth/api';
import type { Pool } from 'pg';
export { equalTimes } from './equal-times';
import { GrowingDelay, scaled } from './growing-delay';
import { announce, refusal, toHeaders } from './limit-headers';
import { knownBrowserOf } from './known-browser';
import { LimitKeys, networkOf } from './limit-keys';
import type { LimitStore } from './limit-store';
import { KnownSources, type Origin } from './known-sources';
import { ASK_FOR_RESET, mailSenderOf, mailSenders, noteMailSender } from './mail-senders';
import { OWN_CHANGES, type Proof, RequestLimits } from './request-limits';
import { proofOfSecondStep, SECOND_STEPS } from './second-step-proof';
import { PASSWORD_RULE, SignInLimits, type SignInAttempt } from './sign-in-limits';
import { JWKS_PATH } from '../../contract';
import type { AuthConfig } from '../common/config';
import { findLastingSecret, type Secrets } from '../common/secrets';
import type { RateLimitFactors } from '../../runtime/settings/load';
import {
  callerOf,
  fieldOf,
  findNamedSession,
  ownerOfResetToken,
  ownAnswerOf,
} from '../common/caller';
import type { HookContext, HookMatch } from '../common/hook-types';

const SIGN_IN = '/sign-in/email';
const RESET_PASSWORD = '/reset-password';

const CHANGE_PASSWORD = '/change-password';

/** Endpoints that ask a signed-in user for the password again. */
const PASSWORD_PATHS = new Set([
  CHANGE_PASSWORD,
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/generate-backup-codes',
]);

interface LimitsConfig {
  pool: Pool;
  /** Of the keys of counters. */
  secret: string;
  rateLimits: RateLimitFactors;
}

/** A sign-in here is an impersonation: it does not make the source known for the user. */
const ADMIN_PATHS = '/admin/';

/** Plugins of one guard, by their place in the order of hooks. */
export interface LimitsPlugins {
  /** Before all other hooks. */
  requests: BetterAuthPlugin[];
  /** After all hooks that can refuse the request, and before the endpoint. */
  passwords: BetterAuthPlugin[];
  /** After the endpoint. */
  outcomes: BetterAuthPlugin[];
}

/**
 * Limits for each account and each IP address, before the endpoints of Better-Auth. They use the
 * IP address that the server has resolved. A call without one comes from the server itself. The
 * outcome is read after the second factor, which can take a new session back.
 */
export function limitsPlugins(
  store: LimitStore | null,
  { pool, rateLimits, ...secrets }: Secrets & Pick<AuthConfig, 'rateLimits'> & { pool: Pool },
): LimitsPlugins {
  // The budgets of mails also count without limits.
  if (!store || !rateLimits) return { requests: [mailSenders], passwords: [], outcomes: [] };
  const guard = new LimitsGuard(store, { pool, secret: findLastingSecret(secrets), rateLimits });
  const before = [
    { matcher: everything, handler: createAuthMiddleware((ctx) => guard.before(ctx)) },
  ];
  const beforeCheck = [
    { matcher: asksForPassword, handler: createAuthMiddleware((ctx) => guard.beginCheck(ctx)) },
  ];
  const after = [{ matcher: everything, handler: createAuthMiddleware((ctx) => guard.after(ctx)) }];
  return {
    requests: [{ id: 'gatehouse-limits', hooks: { before } }],
    passwords: [{ id: 'gatehouse-password-limit', hooks: { before: beforeCheck } }],
    outcomes: [{ id: 'gatehouse-limits-outcome', hooks: { after } }],
  };
}

function everything(): boolean {
  return true;
}

function asksForPassword({ path }: HookMatch): boolean {
  return PASSWORD_PATHS.has(path ?? '');
}

/** Values that the hook before the endpoint passes to the hook after it. */
interface Pending {
  signIn?: { attempt: SignInAttempt; origin: Origin };
  /** The id of the user whose password is checked. */
  checked?: string;
  /** The e-mail address of the user who sets a password with the code of a mail. */
  proven?: string;
  proof?: Proof;
}

class LimitsGuard {
  private readonly keys: LimitKeys;
  private readonly sources: KnownSources;
  private readonly requests: RequestLimits;
  private readonly signIns: SignInLimits;
  private readonly passwords: GrowingDelay;
  private readonly pending = new WeakMap<Request, Pending>();

  constructor(store: LimitStore, { pool, secret, rateLimits }: LimitsConfig) {
    const { quotas, guesses } = rateLimits;
    this.keys = new LimitKeys(secret);
    this.sources = new KnownSources(store, pool);
    this.requests = new RequestLimits({ store, keys: this.keys, factor: quotas });
    this.signIns = new SignInLimits({ store, sources: this.sources, factors: rateLimits });
    this.passwords = new GrowingDelay(store, scaled(PASSWORD_RULE, guesses));
  }

  async before(ctx: HookContext): Promise<void> {
    const { path, request } = ctx;
    const body: unknown = ctx.body;
    const network = networkOf(ctx);
    if (network === null || !request) return;
    // The key set has its own limit: `public-limits.ts`.
    if (path !== JWKS_PATH) await this.requests.checkFlood(network, () => findKnown(ctx, network));
    const administrator = path === ASK_FOR_RESET ? await noteMailSender(ctx) : undefined;
    const proven = path === RESET_PASSWORD ? (await ownerOfResetToken(ctx))?.email : undefined;
    const proof = await this.proofOf(ctx, { network, proven });
    const sender = await mailSenderOf(ctx, this.partsFor(network));
    const who = { network, administrator, proof, sender };
    const standing = await this.requests.check({ path, body, ...who });
    if (standing) announce(ctx, toHeaders(standing.policy, standing.verdict));
    if (OWN_CHANGES.has(path)) await this.countOwnChange(ctx);
    if (path === SIGN_IN) {
      this.pending.set(request, { signIn: await this.beginSignIn(ctx, network) });
    }
    if (proven !== undefined || proof) this.pending.set(request, { proven, proof });
  }

  /**
   * The endpoint checks the password next. When a hook refuses the request, no hook runs after it:
   * an attempt that was taken before could not be given back.
   */
  async beginCheck(ctx: HookContext): Promise<void> {
    if (networkOf(ctx) === null || !ctx.request) return;
    const checked = (await callerOf(ctx))?.id;
    if (checked === undefined) return;
    const verdict = await this.passwords.take(checked);
    if (!verdict.isAllowed) throw refusal(this.passwords.policy, verdict);
    this.pending.set(ctx.request, { checked });
  }

  async after(ctx: HookContext): Promise<void> {
    const network = networkOf(ctx);
    if (network === null || !ctx.request) return;
    const { signIn, checked, proven, proof } = this.pending.get(ctx.request) ?? {};
    if (signIn) await this.endSignIn(ctx, signIn.attempt);
    if (!isAPIError(ownAnswerOf(ctx.context))) {
      await this.requests.giveCodeBack({ path: ctx.path, network, proof });
    }
    if (checked !== undefined && !isRefused(ctx, 'INVALID_PASSWORD')) {
      await this.passwords.giveBack(checked);
    }
    const begun = await begunSession(ctx);
    const signedIn = begun && (signIn?.origin ?? (await this.originOfSession(begun, network)));
    if (signedIn) await this.sources.remember(ctx, signedIn);
    else if (checked !== undefined) await this.keepKnown(ctx, network);
    else if (proven && !isAPIError(ownAnswerOf(ctx.context))) {
      const origin = await this.originOf(proven, network);
      await this.signIns.forgetUnknownSources(origin);
      await this.sources.remember(ctx, origin);
    }
  }

  /** A link counts for its owner, who is no other client. */
  private async proofOf(
    ctx: HookContext,
    { network, proven }: { network: string; proven?: string },
  ): Promise<Proof | undefined> {
    if (proven !== undefined) return { rule: 'link', key: this.keys.account(proven) };
    if (!SECOND_STEPS.has(ctx.path)) return undefined;
    return proofOfSecondStep(ctx, this.partsFor(network));
  }

  private partsFor(network: string) {
    const originOf = (email: string) => this.originOf(email, network);
    return { sources: this.sources, originOf };
  }

  private async countOwnChange(ctx: HookContext): Promise<void> {
    const caller = await callerOf(ctx);
    if (!caller) return;
    const { policy, verdict } = await this.requests.checkOwnChange(caller.id);
    announce(ctx, toHeaders(policy, verdict));
  }

  /** A new password makes all sources unknown; the sender has just proved the former one. */
  private async keepKnown(ctx: HookContext, network: string): Promise<void> {
    if (ctx.path !== CHANGE_PASSWORD || isAPIError(ownAnswerOf(ctx.context))) return;
    const { session } = ctx.context;
    const origin = session && (await this.originOfSession(session, network));
    if (origin) await this.sources.remember(ctx, origin);
  }

  private async beginSignIn(ctx: HookContext, network: string) {
    const origin = await this.originOf(fieldOf(ctx.body, 'email'), network);
    const attempt = await this.signIns.begin(ctx, origin);
    announce(ctx, toHeaders(attempt.policy, attempt.verdict));
    return { attempt, origin };
  }

  private async endSignIn(ctx: HookContext, attempt: SignInAttempt): Promise<void> {
    // A sign-in with an unverified e-mail address sends a mail, so it counts too.
    if (isRefused(ctx, 'INVALID_EMAIL_OR_PASSWORD', 'EMAIL_NOT_VERIFIED')) return;
    if (isAPIError(ownAnswerOf(ctx.context))) await this.signIns.cancel(attempt);
    else await this.signIns.succeed(attempt);
  }

  private async originOf(email: string, network: string): Promise<Origin> {
    const credentials = await this.sources.versionOf(email);
    return { account: this.keys.account(email), network, credentials };
  }

  private async originOfSession({ session, user }: BegunSession, network: string) {
    const credentials = await this.sources.versionOfSession(session.id);
    return credentials === null
      ? null
      : { account: this.keys.account(user.email), network, credentials };
  }
}

function findKnown({ headers, context: { secret } }: HookContext, network: string): string | null {
  return knownBrowserOf(headers?.get('cookie'), { network, secret });
}

type BegunSession = NonNullable<HookContext['context']['newSession']>;

/**
 * The session of a user who has signed in. The extension of the session that the request names is
 * no sign-in, also in an impersonation.
 */
async function begunSession(ctx: HookContext): Promise<BegunSession | null> {
  const { newSession } = ctx.context;
  if (!newSession || ctx.path.startsWith(ADMIN_PATHS)) return null;
  const named = await findNamedSession(ctx);
  return named?.id === newSession.session.id ? null : newSession;
}

function isRefused({ context }: HookContext, ...codes: string[]): boolean {
  const returned = ownAnswerOf(context);
  return isAPIError(returned) && codes.includes(returned.body?.code ?? '');
}
