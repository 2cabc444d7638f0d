/** The values of Better-Auth for a missing callback URL. */
const NO_CALLBACK = ['', '/'];

/**
 * Sends the link of a mail to a page of the auth server when the request named no page: the
 * endpoint of the link shows nothing to a person.
 */
export function toPageUrl(url: string, page: string): string {
  const link = new URL(url);
  if (NO_CALLBACK.includes(link.searchParams.get('callbackURL') ?? '')) {
    link.searchParams.set('callbackURL', page);
  }
  return link.href;
}

/**
 * The link of a mail about an e-mail address: the page with the form, not the endpoint that acts
 * on a GET.
 */
export function toVerificationUrl(url: string, authUrl: string): string {
  return `${authUrl}/verify-email${new URL(toPageUrl(url, `${authUrl}/email-verified`)).search}`;
}
