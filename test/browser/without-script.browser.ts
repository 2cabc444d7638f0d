import type { Browser, Page } from 'playwright-core';
import { ClientApplication } from '../pages/client-application';
import { openWindow, startBrowser, type Window } from '../support/browser';
import { PASSWORD, System } from '../support/system';
import { keepPicture } from './looks';

const NEW_PASSWORD = 'a quite different password';
const ACCOUNT = { '#name': 'Ada Lovelace', '#email': 'ada@example.com', '#password': PASSWORD };

let system: System;
let browser: Browser;
let window: Window;
let page: Page;

beforeAll(async () => {
  [system, browser] = await Promise.all([System.start(), startBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await system.stop();
});

beforeEach(async () => {
  window = await openWindow(browser, { javaScriptEnabled: false });
  ({ page } = window);
});
afterEach(() => window.close());

async function send(fields: Record<string, string>): Promise<void> {
  for (const [field, text] of Object.entries(fields)) await page.fill(field, text);
  await page.click('main form button[type=submit]');
}

async function heading(): Promise<string> {
  return (await page.textContent('h1')) ?? '';
}

it('signs up, signs out, sets a new password by mail, and signs in', async () => {
  const { authUrl } = system.settings;
  await page.goto(`${authUrl}/sign-up`);
  await send(ACCOUNT);
  await page.waitForURL(`${authUrl}/`);
  expect(await page.textContent('main')).toContain('You are signed in as ada@example.com.');
  await page.click('text=Sign out');
  expect(await heading()).toBe('You are signed out');
  await page.click('text=Sign in again');
  await page.click('text=Forgot your password?');
  await send({ '#email': 'ada@example.com' });
  expect(await heading()).toBe('Check your mail');
  await page.goto(`${authUrl}/dev/mailbox`);
  await keepPicture(page, 'mailbox-with-a-mail');
  await page.click('.mail pre a');
  expect(await heading()).toBe('Set a new password');
  await send({ '#newPassword': NEW_PASSWORD, '#repeatPassword': NEW_PASSWORD });
  expect(await heading()).toBe('Your new password is set');
  await page.click('a.button');
  await send({ '#email': 'ada@example.com', '#password': PASSWORD });
  expect(await page.textContent('.summary')).toContain(
    'The e-mail address or the password is not right.',
  );
  await send({ '#password': NEW_PASSWORD });
  await page.waitForURL(`${authUrl}/`);
  const refusals = window.complaints.filter((text) => !text.includes('status of 401'));
  expect(refusals).toEqual([]);
  expect([...window.origins]).toEqual([authUrl]);
});

it('leads through sign-in and consent back to a client on another site', async () => {
  const application = await ClientApplication.start(system);
  const { email } = await system.asUser();
  await page.goto(application.authorizationRequest());
  await send({ '#email': email, '#password': PASSWORD });
  expect(await heading()).toBe('Photo Printer asks for access');
  await page.click('text=Allow');
  await page.waitForURL((url) => url.href.startsWith(application.redirectUri));
  expect(await heading()).toBe('Welcome back');
  expect(application.callbacks.at(-1)!.searchParams.get('code')).not.toBeNull();
  // The second time no consent is required.
  await page.goto(application.authorizationRequest());
  expect(await heading()).toBe('Welcome back');
  expect(window.complaints).toEqual([]);
  await application.stop();
});
