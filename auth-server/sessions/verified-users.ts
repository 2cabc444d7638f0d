import { APIError, createEmailVerificationToken } from 'better-auth/api';
import { continuedSession } from './continued-session';
import type { EndpointContext } from '../common/hook-types';

interface NewSession {
  userId: string;
  impersonatedBy?: string | null;
}

const NOT_VERIFIED = { code: 'EMAIL_NOT_VERIFIED', message: 'Email not verified' };

/**
 * `REQUIRE_EMAIL_VERIFICATION` holds for every way to sign in. Better-Auth checks it at the password
 * and at the provider, not at a passkey and not at the second step, before which an administrator can
 * set another address. A session that exists goes on, and an administrator can impersonate the user.
 *
 * @throws {APIError} as at the password, after the mail with the link.
 */
export async function refuseUnverified(session: NewSession, ctx: EndpointContext): Promise<void> {
  if (!ctx?.context.options.emailAndPassword?.requireEmailVerification) return;
  if (session.impersonatedBy || continuedSession(ctx)) return;
  const user = await ctx.context.internalAdapter.findUserById(session.userId);
  if (!user || user.emailVerified) return;
  await sendLink(user, ctx);
  throw new APIError('FORBIDDEN', NOT_VERIFIED);
}

type Context = NonNullable<EndpointContext>;
type User = NonNullable<Awaited<ReturnType<Context['context']['internalAdapter']['findUserById']>>>;

async function sendLink(user: User, { context }: Context): Promise<void> {
  const { secret, baseURL, options } = context;
  const { expiresIn, sendVerificationEmail } = options.emailVerification ?? {};
  const token = await createEmailVerificationToken(secret, user.email, undefined, expiresIn, {
    userId: user.id,
  });
  const url = `${baseURL}/verify-email?token=${token}&callbackURL=${encodeURIComponent('/')}`;
  await sendVerificationEmail?.({ user, url, token });
}
