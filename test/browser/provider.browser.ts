import type { Browser } from 'playwright-core';
import { OpenIdProvider } from '../federation/openid-provider';
import { ClientApplication } from '../pages/client-application';
import { openWindow, startBrowser, type Window } from '../support/browser';
import { System } from '../support/system';

const ADA = { sub: 'ada', email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' };

let provider: OpenIdProvider;
let system: System;
let browser: Browser;
let application: ClientApplication;
let window: Window;

beforeAll(async () => {
  const started = await OpenIdProvider.startForSystem();
  ({ provider } = started);
  [system, browser] = await Promise.all([System.start({ env: started.env }), startBrowser()]);
  application = await ClientApplication.start(system);
});
afterAll(async () => {
  await browser.close();
  await application.stop();
  await system.stop();
  await provider.stop();
});

beforeEach(async () => {
  window = await openWindow(browser, { javaScriptEnabled: false });
});
afterEach(() => window.close());

it('leads through a provider to the start page, and to the client that requested it', async () => {
  const { page } = window;
  const { authUrl } = system.settings;
  provider.person = ADA;
  await page.goto(`${authUrl}/sign-in`);
  await page.click('text=Continue with single sign-on');
  await page.waitForURL(`${authUrl}/`);
  expect(await page.textContent('main')).toContain('You are signed in as ada@example.com.');
  await page.click('text=Sign out');
  await page.goto(application.authorizationRequest());
  await page.click('text=Continue with single sign-on');
  await page.waitForURL(/\/consent\?/);
  await page.click('text=Allow');
  await page.waitForURL((url) => url.href.startsWith(application.redirectUri));
  expect(application.callbacks.at(-1)!.searchParams.get('code')).not.toBeNull();
  expect(window.complaints).toEqual([]);
});

it('shows a readable page when the provider refuses, or has not verified the e-mail address', async () => {
  const { page } = window;
  const { authUrl } = system.settings;
  provider.person = null;
  await page.goto(`${authUrl}/sign-in`);
  await page.click('text=Continue with single sign-on');
  await page.waitForURL(/\/error\?/);
  expect(await page.textContent('main')).toContain('the other side refused it');
  const { email } = await system.asUser();
  provider.person = { ...ADA, sub: 'thief', email, email_verified: false };
  await window.context.clearCookies();
  await page.goto(`${authUrl}/sign-in`);
  await page.click('text=Continue with single sign-on');
  await page.waitForURL(/\/error\?/);
  expect(await page.textContent('main')).not.toContain('Something went wrong');
});
