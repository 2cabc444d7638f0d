import { Browser, type Arrival } from './browser';

/** A foreign application that sends its users to the auth server. */
export const APP = 'http://app.localhost:4000';
export const WELCOME = `${APP}/welcome`;
export const NEW_HERE = `${APP}/new-here`;
export const TROUBLE = `${APP}/trouble`;

export const atApp = ({ origin }: URL) => origin === APP;

export interface Start {
  authUrl: string;
  provider: string;
  /** `/link-social` for a signed-in user. */
  path?: string;
  /** Replaces values of the application's request. */
  more?: object;
}

/** Requests the provider's URL, like a page of the application. */
export async function begin(browser: Browser, start: Start): Promise<string> {
  const { authUrl, provider, path = '/sign-in/social', more } = start;
  const response = await browser.post(`${authUrl}/api/auth${path}`, {
    provider,
    callbackURL: WELCOME,
    newUserCallbackURL: NEW_HERE,
    errorCallbackURL: TROUBLE,
    ...more,
  });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${body}`);
  return (JSON.parse(body) as { url: string }).url;
}

/** The whole flow to the provider and back, in one browser. */
export async function dance(browser: Browser, start: Start): Promise<Arrival> {
  return browser.visit(await begin(browser, start), atApp);
}

export async function whoIs(
  browser: Browser,
  authUrl: string,
): Promise<Record<string, unknown> | null> {
  const response = await browser.get(`${authUrl}/api/auth/get-session`);
  return ((await response.json()) as { user: Record<string, unknown> } | null)?.user ?? null;
}
