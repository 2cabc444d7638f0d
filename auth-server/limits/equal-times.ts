import { setTimeout as sleep } from 'node:timers/promises';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { requestContext } from '../common/request-context';

/** The shortest time of an answer in milliseconds: a multiple of the usual time. */
const LEAST_MS = 300;

const MAILS_WHERE_KNOWN = ['/request-password-reset', '/send-verification-email', '/change-email'];

/**
 * These endpoints send a mail, or create a user, only for some e-mail addresses. All answers take
 * the same time, so the time does not tell which. The password sign-in needs no such rule: it
 * computes one hash in every case.
 */
export function equalTimes(config: { requireEmailVerification: boolean }): BetterAuthPlugin {
  const signUp = config.requireEmailVerification ? ['/sign-up/email'] : [];
  const paths = new Set([...MAILS_WHERE_KNOWN, ...signUp]);
  const matcher = ({ path }: { path?: string }) => paths.has(path ?? '');
  const begun = new WeakMap<Request, number>();
  return {
    id: 'gatehouse-equal-times',
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
            if (left <= 0) return;
            requestContext.getStore()?.place?.leave();
            await sleep(left);
          }),
        },
      ],
    },
  };
}
