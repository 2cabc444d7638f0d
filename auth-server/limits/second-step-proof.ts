import { keyOf, type KnownSources, type Origin } from './known-sources';
import type { Proof } from './request-limits';
import { callerOf, findChallenge } from '../common/caller';
import type { HookContext } from '../common/hook-types';

export const SECOND_STEPS: ReadonlySet<string> = new Set([
  '/two-factor/verify-totp',
  '/two-factor/verify-backup-code',
]);

interface SecondStepParts {
  sources: KnownSources;
  originOf: (email: string) => Promise<Origin>;
}

/**
 * The counter of a code at a second step. From a browser or an IP address that is known to the
 * account it is one of the account: others at the IP address, with accounts of their own, do not
 * refuse it. All other sources at an IP address share one.
 *
 * @returns `undefined` without a sign-in that waits, and without a session.
 */
export async function proofOfSecondStep(
  ctx: HookContext,
  { sources, originOf }: SecondStepParts,
): Promise<Proof | undefined> {
  const email = await emailOf(ctx);
  if (email === null) return undefined;
  const origin = await originOf(email);
  const isKnown =
    (await sources.deviceOf(ctx, origin)) !== null || (await sources.isKnownAddress(ctx, origin));
  return { rule: 'secondStep', key: isKnown ? keyOf(origin) : origin.network };
}

async function emailOf(ctx: HookContext): Promise<string | null> {
  const challenge = await findChallenge(ctx);
  const user = challenge
    ? await ctx.context.internalAdapter.findUserById(challenge.value)
    : await callerOf(ctx);
  return user?.email ?? null;
}
