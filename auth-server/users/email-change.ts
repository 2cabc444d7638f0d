import type { GenericEndpointContext } from 'better-auth';
import { createEmailVerificationToken, isAPIError } from 'better-auth/api';
import { fieldOf, ownAnswerOf } from '../common/caller';
import type { HookContext } from '../common/hook-types';
import type { UserContact } from '../common/user-contact';
import { verifyJWT } from 'better-auth/crypto';
import type { Mailer } from '../mail/mailer';
import {
  composeEmailChangeConfirmation,
  composeNewEmailVerification,
  composeVerification,
  type Message,
} from '../mail/link-mails';
import { toVerificationUrl } from '../mail/page-links';
import { decodeJwtPayload } from '../../runtime/tokens/jwt-payload';

/** The content of a link to `/verify-email` that belongs to a change of the e-mail address. */
export interface EmailChange {
  userId: string;
  /** The address of the user at the time of the request. */
  email: string;
  updateTo: string;
  /** Seconds since 1970. */
  iat: number;
  requestType?: string;
}

/** The step that makes the change: the link that went to the new address. */
export const LAST_STEP = 'change-email-verification';

/** The step before: the link that went to the current address. */
export const CONFIRMATION = 'change-email-confirmation';

/** @returns `null` for a link that is invalid or expired, or that has another purpose. */
export async function readEmailChange(
  token: unknown,
  context: Pick<GenericEndpointContext['context'], 'secret'>,
): Promise<EmailChange | null> {
  if (typeof token !== 'string') return null;
  const payload = await verifyJWT<Partial<EmailChange>>(token, context.secret);
  return payload?.updateTo && payload.userId ? (payload as EmailChange) : null;
}

/**
 * Both addresses confirm a change: first the current one, because a stolen session alone must not
 * move an account; then the new one, which proves that it belongs to the user. When the current
 * address is not verified, only the new one confirms.
 */
export function emailChanges(mailer: Mailer, authUrl: string) {
  return {
    changeEmail: {
      enabled: true,
      sendChangeEmailConfirmation: async (change: {
        user: UserContact;
        newEmail: string;
        url: string;
      }) => {
        const url = toVerificationUrl(change.url, authUrl);
        await mailer.send(composeEmailChangeConfirmation(change.user, { ...change, url }));
      },
    },
  };
}

/**
 * Better-Auth sends no mail when the new address is taken, so that the own mailbox would show the user
 * which addresses have an account. Here the current address gets the same mail in both cases. The last
 * step, the link that goes to the new address, is refused then.
 */
export async function confirmTakenAddress({ context, body }: HookContext): Promise<void> {
  const { session, secret, internalAdapter, options } = context;
  const { changeEmail } = options.user ?? {};
  if (isAPIError(ownAnswerOf(context)) || !session?.user.emailVerified) return;
  const { user } = session;
  const newEmail = fieldOf(body, 'newEmail').toLowerCase();
  if ((await internalAdapter.findUserByEmail(newEmail)) === null) return;
  const token = await createEmailVerificationToken(
    secret,
    user.email,
    newEmail,
    options.emailVerification?.expiresIn,
    { requestType: CONFIRMATION, userId: user.id },
  );
  const callbackURL = encodeURIComponent(fieldOf(body, 'callbackURL') || '/');
  const url = `${context.baseURL}/verify-email?token=${token}&callbackURL=${callbackURL}`;
  await changeEmail?.sendChangeEmailConfirmation?.({ user, newEmail, url, token });
}

/** One mail proves the address of a sign-up, or the new one of a change. */
export function composeProof(
  user: UserContact & { id: string },
  { url, token }: { url: string; token: string },
): Message {
  if (!isChange(token)) return composeVerification(user, url);
  return { ...composeNewEmailVerification(user, url), senderId: user.id };
}

/** For a token that this process has just signed. */
function isChange(token: string): boolean {
  return decodeJwtPayload(token).requestType === LAST_STEP;
}
