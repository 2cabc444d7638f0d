import { renderProblems, type Problems } from './common/fields';
import { html, type Html } from '../../runtime/pages/html';
import type { AuthAnswer } from './common/auth-call';
import { redirectTo, sendPage } from './common/page-answer';
import { readForm } from './common/page-form';
import { explain, type PageHandler, type PageParts, type Visit } from './common/page-parts';
import { TEXTS } from './common/texts';
import { trustedOriginsOf } from '../better-auth/options';
import { requestContext } from '../common/request-context';
import { renewMailToken } from '../common/secrets';
import { isTrustedAddress } from '../redirects/plugin';
import { inspectLink, type MailedLink } from '../users/mailed-link';

const words = TEXTS.verifyEmail;

/** What the URL of the mail contains. */
interface Given {
  token: string;
  /** Where the client wants the user to go next; empty: nowhere, or to a URL that is not trusted. */
  callbackURL: string;
}

interface Reply {
  given: Given;
  link: MailedLink;
  parts: PageParts;
  problems?: Problems;
  status?: number;
}

/** The target of the mail's link. It changes nothing: its form does. */
export const showVerifyEmail: PageHandler = async (visit, parts) => {
  const { query } = visit.request;
  const given = readGiven((name) => query[name], parts);
  answer(visit, { given, link: await inspect(given, parts), parts });
};

export const takeVerifyEmail: PageHandler = async (visit, parts) => {
  const given = readGiven(readForm(visit.request), parts);
  const link = await inspect(given, parts);
  if (link.state !== 'open') return answer(visit, { given, link, parts });
  const callbackURL = given.callbackURL || defaultCallback(parts);
  const result = await confirm(visit, { given: { ...given, callbackURL }, parts });
  const isDone = result.location === callbackURL;
  if (isDone && callbackURL !== defaultCallback(parts)) {
    return redirectTo(visit.response, { url: callbackURL, authUrl: parts.config.authUrl });
  }
  if (isDone && link.purpose === 'sign_up') return visit.response.redirect(303, callbackURL);
  const now = await inspect(given, parts);
  const failed = !isDone && now.state === 'open' && { form: explain(toFailure(result)) };
  const status = failed ? Math.max(result.status, 400) : undefined;
  answer(visit, { given, link: now, parts, problems: failed || undefined, status });
};

function readGiven(field: (name: string) => unknown, { config }: PageParts): Given {
  const [token, url] = [field('token'), field('callbackURL')];
  const isTrusted =
    typeof url === 'string' && isTrustedAddress(url, new Set(trustedOriginsOf(config)));
  return {
    token: typeof token === 'string' ? renewMailToken(token, config) : '',
    callbackURL: isTrusted ? url : '',
  };
}

async function inspect({ token }: Given, { auth, pool }: PageParts): Promise<MailedLink> {
  const { secret, internalAdapter } = await auth.$context;
  return inspectLink(token, { secret, internalAdapter, pool });
}

function defaultCallback({ config }: PageParts): string {
  return `${config.authUrl}/email-verified`;
}

/** Better-Auth's endpoint acts only for a link whose form was sent. */
async function confirm(
  visit: Visit,
  { given, parts }: Pick<Reply, 'given' | 'parts'>,
): Promise<AuthAnswer> {
  const context = requestContext.getStore()!;
  context.confirmedLink = given.token;
  try {
    const query = new URLSearchParams({ ...given }).toString();
    return await parts.callAuth(visit, { path: `/verify-email?${query}` });
  } finally {
    delete context.confirmedLink;
  }
}

/** With a callback URL, Better-Auth reports an error in a redirect. */
function toFailure({ location, ...answered }: AuthAnswer): AuthAnswer {
  const code = new URL(location ?? '', 'http://localhost').searchParams.get('error');
  return { ...answered, location, body: code === null ? answered.body : { code } };
}

function answer({ response }: Visit, reply: Reply): void {
  const { link, problems, status } = reply;
  if (link.state === 'open') {
    const { title } = words.open[link.purpose];
    const page = { title, main: form(reply, link), failed: problems !== undefined };
    return sendPage(response, { status, page });
  }
  const { title, text } = textOf(link);
  const main = html`<p>${text}</p>
    ${renderBackLink(reply)}
    <p><a class="button" href="/sign-in">${TEXTS.signIn.title}</a></p>`;
  const failed = link.state !== 'done';
  sendPage(response, { status: failed ? 400 : 200, page: { title, main, failed } });
}

function textOf(link: MailedLink): { title: string; text: string } {
  return 'purpose' in link ? words.done[link.purpose] : words[link.state];
}

function form({ given, problems }: Reply, link: MailedLink & { state: 'open' | 'done' }): Html {
  const { text, submit } = words.open[link.purpose];
  return html`${renderProblems(problems)}
    <p>${text(link.address)}</p>
    <form method="post" action="/verify-email">
      <input type="hidden" name="token" value="${given.token}" />
      <input type="hidden" name="callbackURL" value="${given.callbackURL}" />
      <button type="submit">${submit}</button>
    </form>`;
}

/** Returns the user to the client with the error code that Better-Auth would send. */
function renderBackLink({ given, link, parts }: Reply): Html | null {
  const { callbackURL } = given;
  if (callbackURL === '' || callbackURL === defaultCallback(parts)) return null;
  const target = new URL(callbackURL, parts.config.authUrl);
  if (link.state === 'expired') target.searchParams.set('error', 'TOKEN_EXPIRED');
  if (link.state === 'void') target.searchParams.set('error', 'INVALID_TOKEN');
  return html`<p><a class="button" href="${target.href}">${words.back}</a></p>`;
}
