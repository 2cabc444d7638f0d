import { APIError } from 'better-auth/api';
import type { HookContext } from '../common/hook-types';
import { describePolicy, describeRest, type Policy } from '../../runtime/http/rate-limit-headers';
import { TOO_MANY_REQUESTS } from '../common/errors';

export type { Policy };

/** The decision about an attempt. */
export interface Verdict {
  isAllowed: boolean;
  /** Attempts that remain without a pause. */
  remaining: number;
  /** Seconds until attempts are added, or until the next attempt is allowed. */
  reset: number;
}

/** The header fields of draft-ietf-httpapi-ratelimit-headers. */
export function toHeaders(policy: Policy, verdict: Verdict): Record<string, string> {
  return {
    'ratelimit-policy': describePolicy(policy),
    ratelimit: describeRest(policy, verdict),
  };
}

/** Sets the headers of the answer. */
export function announce(ctx: HookContext, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) ctx.setHeader(name, value);
}

/** The refusal of an attempt over the limit (RFC 6585, section 4). */
export function refusal(policy: Policy, verdict: Verdict): APIError {
  const { code, message } = TOO_MANY_REQUESTS;
  return new APIError(
    'TOO_MANY_REQUESTS',
    { code, message },
    {
      ...toHeaders(policy, verdict),
      'retry-after': String(verdict.reset),
    },
  );
}
