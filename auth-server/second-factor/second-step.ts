import type { BetterAuthPlugin } from 'better-auth';
import {
  APIError,
  createAuthEndpoint,
  createAuthMiddleware,
  getSessionFromCtx,
  sensitiveSessionMiddleware,
} from 'better-auth/api';
import type { Pool } from 'pg';
import { decideOn } from '../common/basis';
import { Attempts, FREE_ATTEMPTS } from './attempts';
import { isReadable } from './stored-secrets';
import { forgetDevices } from './trusted-devices';
import { beginsSession, fieldOf, findChallenge, readChallengeCookie } from '../common/caller';
import type { HookContext } from '../common/hook-types';
import { requestContext } from '../common/request-context';
import { toCompactCode } from '../../contract';
import type { Mailer } from '../mail/mailer';
import { notifySecondStepFailures } from '../notices/second-factor-notices';

const VERIFY_TOTP = '/two-factor/verify-totp';
const VERIFY_RECOVERY_CODE = '/two-factor/verify-backup-code';
const VERIFY_PATHS = [VERIFY_TOTP, VERIFY_RECOVERY_CODE];

/** The time in which a code is accepted, with the tolerance, in milliseconds. */
const CODE_LIFETIME_MS = 90_000;

const INVALID_CODE = { code: 'INVALID_CODE', message: 'Invalid code' };
const ALREADY_SIGNED_IN = {
  code: 'ALREADY_SIGNED_IN',
  message: 'There is no sign-in that waits for its second step.',
};
const NOT_A_FIELD = {
  code: 'FIELD_NOT_ALLOWED',
  message: 'twoFactorEnabled is not allowed to be set',
};
const UNREADABLE = {
  code: 'SECOND_FACTOR_UNREADABLE',
  message: 'The second factor of this account cannot be read at the moment.',
};
/** `Retry-After` until an operator has added the missing secret, in seconds. */
const UNREADABLE_RETRY_S = '60';
const DELAYED = {
  code: 'TOO_MANY_ATTEMPTS',
  message: 'Too many codes were wrong. Wait before the next one.',
};

export interface SecondStepParts {
  pool: Pool;
  mailer: Mailer;
}

/**
 * Rules of the second step that the plugin of Better-Auth does not have: attempts are limited for
 * each account, a code works once (RFC 6238, section 5.2), and trusted devices end with the factor
 * or the password.
 */
export function secondStep({ pool }: Pick<SecondStepParts, 'pool'>) {
  return {
    id: 'second-step',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === '/admin/update-user' || path === '/admin/create-user',
          handler: createAuthMiddleware(refuseSwitch),
        },
        {
          matcher: ({ path }) => VERIFY_PATHS.includes(path ?? ''),
          handler: createAuthMiddleware((ctx) => Promise.resolve(toStoredCode(ctx))),
        },
      ],
      after: [
        {
          matcher: ({ path }) => VERIFY_PATHS.includes(path ?? ''),
          handler: createAuthMiddleware((ctx) => endStep(ctx, pool)),
        },
      ],
    },
    endpoints: {
      forgetTrustedDevices: createAuthEndpoint(
        '/two-factor/forget-devices',
        { method: 'POST', use: [sensitiveSessionMiddleware] },
        async (ctx) => {
          await forgetDevices(pool, ctx.context.session.user.id);
          return ctx.json({ status: true });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}

/** Recovery codes are stored in two groups of five characters. */
const GROUP = 5;

/** Spaces and hyphens in a code are removed. */
function toStoredCode({ path, body }: HookContext) {
  const code = toCompactCode(fieldOf(body, 'code'));
  if (path === VERIFY_TOTP) return { context: { body: { code } } };
  const grouped = `${code.slice(0, GROUP)}-${code.slice(GROUP)}`;
  // With `disableSession`, a recovery code would be used up and no notice would be sent.
  return { context: { body: { code: grouped, disableSession: false } } };
}

/**
 * Runs before a code is checked. It is a middleware of the endpoints and not a hook, because hooks
 * do not see the session of a bearer token.
 */
export function beginStep({ pool, mailer }: SecondStepParts) {
  const attempts = new Attempts(pool);
  return createAuthMiddleware((ctx) => admitStep(ctx, { attempts, mailer }));
}

interface BeginParts extends Pick<SecondStepParts, 'mailer'> {
  attempts: Attempts;
}

async function admitStep(ctx: HookContext, { attempts, mailer }: BeginParts): Promise<void> {
  const session = await getSessionFromCtx(ctx);
  // A signed-in user needs no code, and the answer would show an attacker with the session
  // which codes are right.
  if (session?.user.twoFactorEnabled) throw new APIError('FORBIDDEN', ALREADY_SIGNED_IN);
  if (session) await endChallenge(ctx);
  const userId = session?.user.id ?? (await findChallenged(ctx));
  if (userId === null) return;
  const secret = await readSecret(ctx, userId);
  const context = requestContext.getStore();
  if (context) context.factorSecret = secret;
  if (!session) {
    const { wait, count } = await attempts.begin(userId);
    if (wait > 0) throw new APIError('TOO_MANY_REQUESTS', DELAYED, { 'retry-after': `${wait}` });
    if (count === FREE_ATTEMPTS) await warnOwner(ctx, { userId, mailer });
  }
  if (ctx.path === VERIFY_TOTP) await useUp(ctx, userId);
}

/**
 * No attempt is counted and no code is used up while the secret of the factor is missing.
 * @returns the secret as it is stored; empty when there is no factor.
 */
async function readSecret(ctx: HookContext, userId: string): Promise<string> {
  const factor = await ctx.context.adapter.findOne<{ secret: string; backupCodes: string }>({
    model: 'twoFactor',
    where: [{ field: 'userId', value: userId }],
  });
  if (!factor || (await isReadable(factor, ctx.context.secretConfig))) return factor?.secret ?? '';
  ctx.context.logger.error('a second factor was encrypted with a secret that is not listed');
  throw new APIError('SERVICE_UNAVAILABLE', UNREADABLE, { 'retry-after': UNREADABLE_RETRY_S });
}

/**
 * @returns the id of the user whose sign-in waits for this step; `null` when there is none, and
 * the endpoint refuses.
 */
async function findChallenged(ctx: HookContext): Promise<string | null> {
  const challenge = await findChallenge(ctx);
  // The password was verified in an earlier request. A change of the credentials since then
  // refuses the session.
  if (challenge) decideOn(challenge);
  return challenge?.value ?? null;
}

/**
 * The code of a session belongs to the user of the session. The plugin reads the session again, and
 * would check the code for the challenge if the session has ended meanwhile.
 */
async function endChallenge(ctx: HookContext): Promise<void> {
  const identifier = await readChallengeCookie(ctx);
  if (identifier) await ctx.context.internalAdapter.consumeVerificationValue(identifier);
}

/**
 * A code is checked once in its lifetime, right or wrong. The primary key of the row refuses the
 * second of two parallel attempts.
 */
async function useUp(ctx: HookContext, userId: string): Promise<void> {
  const { code } = ctx.body as { code?: unknown };
  if (typeof code !== 'string' || !/^\d{6}$/.test(code)) return;
  const isNew = await ctx.context.internalAdapter.reserveVerificationValue({
    identifier: `used-code-${userId}-${code}`,
    value: userId,
    expiresAt: new Date(Date.now() + CODE_LIFETIME_MS),
  });
  if (!isNew) throw new APIError('UNAUTHORIZED', INVALID_CODE);
}

async function warnOwner(
  ctx: HookContext,
  { userId, mailer }: { userId: string } & Pick<SecondStepParts, 'mailer'>,
): Promise<void> {
  const user = await ctx.context.internalAdapter.findUserById(userId);
  if (user) await notifySecondStepFailures(mailer, user);
}

/**
 * After a right code, which begins a session: of a sign-in, or the first code, which enables the
 * factor. A refused request can extend its session.
 */
async function endStep(ctx: HookContext, pool: Pool) {
  const { newSession, session: oldSession } = ctx.context;
  if (!newSession || !beginsSession(ctx.context)) return undefined;
  await new Attempts(pool).clear(newSession.user.id);
  if (oldSession) {
    // Ends the sessions that began without the second factor, except the new session.
    await pool.query('DELETE FROM session WHERE user_id = $1 AND id <> $2', [
      newSession.user.id,
      newSession.session.id,
    ]);
  }
  return answerWithNewToken(ctx);
}

/**
 * When the factor is enabled, the plugin answers with the former session, whose token has ended.
 * Other answers stay, for example the redirect of an OAuth request.
 */
function answerWithNewToken({ context, json }: HookContext) {
  const { newSession, returned } = context;
  const { token, user } = (returned ?? {}) as { token?: string; user?: object };
  const present = newSession?.session.token;
  if (!token || !user || !present || token === present) return undefined;
  return json({ token: present, user: { ...user, twoFactorEnabled: true } });
}

/**
 * An administrator removes a second factor completely or not at all. The field `twoFactorEnabled`
 * alone would leave the secret in the database, or lock out a user without a secret.
 */
async function refuseSwitch(ctx: HookContext): Promise<void> {
  // Hooks run before the endpoint checks the body, which can have any type.
  const { data } = (ctx.body ?? {}) as { data?: unknown };
  if (typeof data === 'object' && data !== null && 'twoFactorEnabled' in data) {
    throw new APIError('BAD_REQUEST', NOT_A_FIELD);
  }
}
