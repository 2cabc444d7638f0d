import { html } from '../../runtime/pages/html';
import { keepOAuthRequest } from './common/oauth-request';
import { redirectTo, sendPage } from './common/page-answer';
import { PageFailure, toPageFailure } from './common/page-failure';
import { readForm } from './common/page-form';
import { continueOAuth, findUser, type PageHandler, type PageParts } from './common/page-parts';
import { TEXTS } from './common/texts';

const { consent: words } = TEXTS;

/** Shows the client, the scopes and the user. Only a signed request is shown. */
export const showConsent: PageHandler = async (visit, parts) => {
  const { response, oauth } = visit;
  if (!oauth) throw new PageFailure(400, 'expired');
  const user = await findUser(visit, parts);
  if (!user) return response.redirect(303, keepOAuthRequest('/sign-in', oauth));
  const texts = await textsOf(oauth.scopes, parts);
  const scopes = oauth.scopes.map((scope) => html`<li>${texts.get(scope) ?? scope}</li> `);
  const main = html`<p>${words.signedInAs(user.email)}</p>
    <p>${words.intro(oauth.clientName)}</p>
    <ul>
      ${scopes}
    </ul>
    <p class="soft">${words.always}</p>
    <p class="soft">${words.returnsTo(oauth.host)}</p>
    <form method="post" action="${keepOAuthRequest('/consent', oauth)}">
      <button type="submit" name="answer" value="accept">${words.accept}</button>
      <button class="second" type="submit" name="answer" value="deny">${words.deny}</button>
    </form>`;
  sendPage(response, { page: { title: words.title(oauth.clientName), main } });
};

/** The texts of scopes that the code declares, and of those that administrators have registered. */
async function textsOf(
  scopes: string[],
  { resources }: PageParts,
): Promise<ReadonlyMap<string, string>> {
  const found = await resources.findScopes(scopes);
  const registered = found.map(
    ({ name, description, resourceName }) =>
      [name, words.atResource(description, resourceName)] as const,
  );
  return new Map([...registered, ...words.scopes]);
}

/** A value that is neither a yes nor a no is a no. */
export const takeConsent: PageHandler = async (visit, { callAuth, config }) => {
  const { request, response, oauth } = visit;
  if (!oauth) throw new PageFailure(400, 'expired');
  const accept = readForm(request)('answer') === 'accept';
  const body = { accept, ...continueOAuth(visit) };
  const result = await callAuth(visit, { path: '/oauth2/consent', body });
  if (result.status === 401) return response.redirect(303, keepOAuthRequest('/sign-in', oauth));
  if (result.status === 429) throw toPageFailure(result);
  const { code, url } = result.body;
  if (code === 'IMPERSONATION_NOT_ALLOWED') throw new PageFailure(403, 'impersonation');
  if (!result.ok || !url) throw new PageFailure(400, 'expired');
  redirectTo(response, { url, authUrl: config.authUrl });
};
