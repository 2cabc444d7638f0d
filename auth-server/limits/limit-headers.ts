import { APIError } from 'better-auth/api';
import type { HookContext } from '../common/caller';

const TOO_MANY_REQUESTS = {
  code: 'TOO_MANY_REQUESTS',
  message: 'Too many attempts. Wait before you try again.',
};

/** A limit as callers are told of it. */
export interface Policy {
  name: string;
  quota: number;
  /** In seconds. */
  window: number;
}

/** What became of an attempt. */
export interface Verdict {
  isAllowed: boolean;
  /** Attempts left without waiting. */
  remaining: number;
  /** Seconds until there are more of them, or until the next attempt is allowed. */
  reset: number;
}

/** Header fields of draft-ietf-httpapi-ratelimit-headers. */
export function toHeaders(policy: Policy, { remaining, reset }: Verdict): Record<string, string> {
  const { name, quota, window } = policy;
  return {
    'ratelimit-policy': `"${name}";q=${quota};w=${window}`,
    ratelimit: `"${name}";r=${remaining};t=${reset}`,
  };
}

/** Tells the caller where they stand. */
export function announce(ctx: HookContext, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) ctx.setHeader(name, value);
}

/** The answer to whoever has to wait (RFC 6585, section 4). */
export function refusal(policy: Policy, verdict: Verdict): APIError {
  return new APIError('TOO_MANY_REQUESTS', TOO_MANY_REQUESTS, {
    ...toHeaders(policy, verdict),
    'retry-after': String(verdict.reset),
  });
}
