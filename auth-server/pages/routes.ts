import { Router, type RequestHandler } from 'express';
import type { Pool } from 'pg';
import type { Auth } from '../better-auth/auth';
import type { AuthConfig } from '../common/config';
import type { MailboxEntry } from '../mail/mailer';
import { showConsent, takeConsent } from './consent.page';
import { tryCookies } from './cookie-check';
import { showMailbox } from './mailbox.page';
import { showEmailVerified, showError, showHome, showSignedOut, takeSignOut } from './notice.pages';
import { hideUrl, setPageHeaders, wantsPage } from './common/page-answer';
import { answerPageErrors, refuseOtherMethods, sendFailure } from './common/page-failure';
import { refuseForeignForms, takeForm } from './common/page-form';
import { createPageParts, handlePage, type PageHandler } from './common/page-parts';
import { PASSKEY_SCRIPT, PASSKEY_SCRIPT_PATH } from './passkey';
import {
  showForgotPassword,
  showResetPassword,
  takeForgotPassword,
  takeResetPassword,
} from './password.pages';
import { showSignIn, takeSignIn } from './sign-in.page';
import { showVerifyEmail, takeVerifyEmail } from './verify-email.page';
import { showSignUp, takeSignUp } from './sign-up.page';
import { STYLE_SHEET_PATH } from './common/style-sheet';
import { showTwoFactor, takeTwoFactor } from './two-factor.page';
import { EXACT_PATHS } from '../../runtime/http/exact-paths';
import type { Logger } from '../../runtime/logger';
import { STYLE_SHEET } from '../../runtime/pages/style-sheet';

interface PageRoute {
  /** Shows the page. */
  show?: PageHandler;
  /** Accepts its form. */
  take?: PageHandler;
  /** A mail leads to the page: its URL contains a code, also when an error is shown. */
  hasCode?: true;
}

/** All pages. */
const PAGES: Record<string, PageRoute> = {
  '/sign-in': { show: showSignIn, take: takeSignIn },
  '/sign-up': { show: showSignUp, take: takeSignUp },
  '/two-factor': { show: showTwoFactor, take: takeTwoFactor },
  '/forgot-password': { show: showForgotPassword, take: takeForgotPassword },
  '/reset-password': { show: showResetPassword, take: takeResetPassword, hasCode: true },
  '/verify-email': { show: showVerifyEmail, take: takeVerifyEmail, hasCode: true },
  '/email-verified': { show: showEmailVerified },
  '/consent': { show: showConsent, take: takeConsent },
  '/sign-out': { take: takeSignOut },
  '/signed-out': { show: showSignedOut },
  '/error': { show: showError },
};

export interface PagesOptions {
  auth: Auth;
  config: AuthConfig;
  pool: Pool;
  logger: Logger;
  /** `null` where mails are sent. */
  mailbox: readonly MailboxEntry[] | null;
}

/** The pages of the auth server. They work without scripts. */
export function pageRoutes({ auth, config, pool, logger, mailbox }: PagesOptions): Router {
  const router = Router(EXACT_PATHS);
  const parts = createPageParts({ auth, config, pool, hasMailbox: mailbox !== null });
  router.get(STYLE_SHEET_PATH, sendAsset('css', STYLE_SHEET));
  router.get(PASSKEY_SCRIPT_PATH, sendAsset('js', PASSKEY_SCRIPT));
  const before = tryCookies(config);
  const beforeForm = [refuseForeignForms(config.authUrl), takeForm];
  for (const [path, { show, take, hasCode }] of Object.entries(PAGES)) {
    router.all(path, setPageHeaders, ...(hasCode ? [hideUrl] : []));
    if (show) router.get(path, before, handlePage(show, parts));
    if (take) router.post(path, beforeForm, handlePage(take, parts));
    const allowed = [...(show ? ['GET', 'HEAD'] : []), ...(take ? ['POST'] : [])].join(', ');
    router.all(path, refuseOtherMethods(allowed));
  }
  router.get('/', forPeople, setPageHeaders, handlePage(showHome, parts));
  if (mailbox) router.get('/dev/mailbox', setPageHeaders, showMailbox(mailbox));
  router.use(answerPageErrors({ logger, authUrl: config.authUrl }));
  return router;
}

/** Requests of other clients are answered by later steps. */
const forPeople: RequestHandler = (request, _response, next) => {
  next(wantsPage(request) ? undefined : 'router');
};

/** The HTML answer for unknown URLs, in place of JSON. */
export const answerMissingPage: RequestHandler = (request, response, next) => {
  if (!wantsPage(request)) return next();
  setPageHeaders(request, response, () => {
    sendFailure(response, { status: 404, code: 'not_found' });
  });
};

/** The name of an asset changes with its content. */
function sendAsset(type: string, content: string): RequestHandler {
  return (_request, response) => {
    response.set('Cache-Control', 'public, max-age=31536000, immutable').type(type).send(content);
  };
}
