import type { GenericEndpointContext } from 'better-auth';
import type { UserContact } from '../common/user-contact';
import { verifyJWT } from 'better-auth/crypto';
import type { Mailer } from '../mail/mailer';
import {
  composeEmailChangeConfirmation,
  composeNewEmailVerification,
  composeVerification,
  type Message,
} from '../mail/messages';
import { leadToVerification } from '../mail/page-links';
import { decodeJwtPayload } from '../../runtime/jwt-payload';

/** What a link to `/verify-email` asks for when it belongs to a change of the e-mail. */
export interface EmailChange {
  userId: string;
  /** The address that the user had when they asked. */
  email: string;
  updateTo: string;
  /** Seconds since 1970. */
  iat: number;
  requestType?: string;
}

/** The step that makes the change: the link that went to the new address. */
export const LAST_STEP = 'change-email-verification';

/** @returns `null` for a link that is not genuine, has expired or asks for something else. */
export async function readEmailChange(
  token: unknown,
  context: Pick<GenericEndpointContext['context'], 'secret'>,
): Promise<EmailChange | null> {
  if (typeof token !== 'string') return null;
  const payload = await verifyJWT<Partial<EmailChange>>(token, context.secret);
  return payload?.updateTo && payload.userId ? (payload as EmailChange) : null;
}

/**
 * Both addresses confirm a change: first the current one, so that a stolen session alone
 * cannot move an account, then the new one, so that it is proved to be the user's own. A
 * user whose current address is not verified starts with the second step.
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
        const url = leadToVerification(change.url, authUrl);
        await mailer.send(composeEmailChangeConfirmation(change.user, { ...change, url }));
      },
    },
  };
}

/** One mail proves the address of a sign-up, or the new one of a change. */
export function composeProof(
  user: UserContact & { id: string },
  { url, token }: { url: string; token: string },
): Message {
  if (!isChange(token)) return composeVerification(user, url);
  return { ...composeNewEmailVerification(user, url), senderId: user.id };
}

/** For a token that was signed a moment ago. */
function isChange(token: string): boolean {
  return decodeJwtPayload(token).requestType === LAST_STEP;
}
