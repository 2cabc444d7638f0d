import type { Browser, Page } from 'playwright-core';
import { ClientApplication } from '../pages/client-application';
import { findBarriers } from '../support/client/accessibility';
import { openWindow, startBrowser, type Window } from '../support/browser';
import { PASSWORD, System } from '../support/system';
import { keepPicture, PHONE_DARK } from './looks';

let system: System;
let application: ClientApplication;
let browser: Browser;
let window: Window;
let page: Page;

beforeAll(async () => {
  [system, browser] = await Promise.all([System.start(), startBrowser()]);
  application = await ClientApplication.start(system);
});
afterAll(async () => {
  await browser.close();
  await application.stop();
  await system.stop();
});

beforeEach(async () => {
  window = await openWindow(browser, { ...PHONE_DARK[1], javaScriptEnabled: true });
  ({ page } = window);
  const { email } = await system.asUser();
  await page.goto(`${system.settings.authUrl}/sign-in`);
  await page.fill('#email', email);
  await page.fill('#password', PASSWORD);
  await page.click('form button[type=submit]');
  await page.waitForURL(`${system.settings.authUrl}/`);
});
afterEach(() => window.close());

function endSession(parameters: Record<string, string>): string {
  const query = new URLSearchParams(parameters).toString();
  return `${system.settings.authUrl}/api/auth/oauth2/end-session?${query}`;
}

async function expectSignedOut(): Promise<void> {
  await page.goto(system.settings.authUrl);
  expect(await page.textContent('main')).not.toContain('You are signed in');
  expect(window.complaints).toEqual([]);
}

it("asks for confirmation of a client's sign-out, and redirects back to the client", async () => {
  const { clientId, redirectUri } = application;
  const back = { client_id: clientId, post_logout_redirect_uri: redirectUri };
  await page.goto(endSession(back));
  expect(await page.textContent('h1')).toBe('Sign out?');
  await keepPicture(page, 'sign-out-asked');
  expect(await findBarriers(page)).toEqual([]);
  await page.click('main button');
  await page.waitForURL(redirectUri);
  await expectSignedOut();
});

it('shows that the user is signed out when there is no redirect', async () => {
  await page.goto(endSession({}));
  await page.click('main button');
  await page.waitForURL(`${system.settings.authUrl}/signed-out`);
  await expectSignedOut();
});

it('shows an own error text, and signs no user out', async () => {
  await page.goto(endSession({ client_id: 'nobody' }));
  expect(await page.textContent('main')).toContain('Code: invalid_client');
  await page.click('text=To the start');
  expect(await page.textContent('main')).toContain('You are signed in');
});
