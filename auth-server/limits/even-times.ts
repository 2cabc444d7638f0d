import { setTimeout as sleep } from 'node:timers/promises';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';

/** No answer leaves before this time, in milliseconds: several times what the work takes. */
const LEAST_MS = 300;

const MAILS_WHERE_KNOWN = ['/request-password-reset', '/send-verification-email', '/change-email'];

/**
 * Whether an e-mail has an account decides whether these endpoints write a mail, and a
 * sign-up that must be confirmed writes a user or does not: the answer says nothing of it,
 * so its time does not either. Password sign-in needs no help: it hashes once whatever it finds.
 */
export function evenTimes(config: { requireEmailVerification: boolean }): BetterAuthPlugin {
  const signUp = config.requireEmailVerification ? ['/sign-up/email'] : [];
  const paths = new Set([...MAILS_WHERE_KNOWN, ...signUp]);
  const matcher = ({ path }: { path?: string }) => paths.has(path ?? '');
  const begun = new WeakMap<Request, number>();
  return {
    id: 'gatehouse-even-times',
    hooks: {
      before: [
        {
          matcher,
          handler: createAuthMiddleware(({ request }) => {
            if (request) begun.set(request, performance.now());
            return Promise.resolve();
          }),
        },
      ],
      after: [
        {
          matcher,
          handler: createAuthMiddleware(async ({ request }) => {
            const start = request && begun.get(request);
            const left = start === undefined ? 0 : start + LEAST_MS - performance.now();
            if (left > 0) await sleep(left);
          }),
        },
      ],
    },
  };
}
