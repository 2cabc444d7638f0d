import { createBrowserFetch } from '../support/client/cookie-jar';
import { PASSWORD, type System } from '../support/system';

type Parameters = Record<string, string>;

/** A browser of a user on the auth server's pages. */
export class Browser {
  private readonly fetch: typeof fetch;

  private constructor(private readonly authUrl: string) {
    this.fetch = createBrowserFetch(authUrl);
  }

  /** A browser without a session. */
  static open({ settings }: System): Browser {
    return new Browser(settings.authUrl);
  }

  static async signedIn(system: System, email: string, password = PASSWORD): Promise<Browser> {
    const browser = new Browser(system.settings.authUrl);
    const response = await browser.post('/sign-in/email', { email, password });
    if (!response.ok) throw new Error(`sign-in: ${await response.text()}`);
    return browser;
  }

  /**
   * Under Better-Auth's path. @param accept with `text/html`, an authorization that continues is
   * answered with a redirect, which is not followed.
   */
  post(path: string, body: object, { accept = '*/*' } = {}): Promise<Response> {
    return this.fetch(`${this.authUrl}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify(body),
      redirect: 'manual',
    });
  }

  /** @returns the redirect target, without following it. */
  async follow(url: URL | string): Promise<URL> {
    return whereTo(await this.fetch(url, { redirect: 'manual' }));
  }

  /** Sends the parameters of a URL as a form. @returns where the answer leads. */
  async submit(url: URL): Promise<URL> {
    return whereTo(
      await this.fetch(url.origin + url.pathname, {
        method: 'POST',
        body: url.searchParams,
        redirect: 'manual',
      }),
    );
  }

  /** The HTML of a page. */
  async read(url: URL | string): Promise<string> {
    return (await this.fetch(url)).text();
  }

  /** Follows an authorization request, and consents when asked. */
  async authorize(url: URL | string, consent: Parameters | false = {}): Promise<URL> {
    const next = await this.follow(url);
    if (next.origin !== this.authUrl || next.pathname !== '/consent') return next;
    return this.answerConsent(next, consent);
  }

  /** @param consent further fields, e.g. fewer scopes; `false`: denies consent. */
  async answerConsent(page: URL, consent: Parameters | false): Promise<URL> {
    const body = { accept: consent !== false, oauth_query: page.search.slice(1), ...consent };
    return whereTo(await this.post('/oauth2/consent', body));
  }
}

/** Better-Auth sends a script the URL, and a browser a redirect. */
async function whereTo(response: Response): Promise<URL> {
  const location = response.headers.get('location');
  if (location !== null) return new URL(location);
  const body = (await response.json()) as { url?: string };
  if (body.url === undefined) throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return new URL(body.url);
}
