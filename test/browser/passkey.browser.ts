import type { Browser, Page } from 'playwright-core';
import { ClientApplication } from '../pages/client-application';
import { addAuthenticator, openWindow, startBrowser, type Window } from '../support/browser';
import { PASSWORD, System } from '../support/system';

let system: System;
let browser: Browser;
let application: ClientApplication;
let window: Window;
let page: Page;

beforeAll(async () => {
  [system, browser] = await Promise.all([System.start(), startBrowser()]);
  application = await ClientApplication.start(system);
  window = await openWindow(browser);
  ({ page } = window);
  await addAuthenticator(window);
});
afterAll(async () => {
  await browser.close();
  await application.stop();
  await system.stop();
});

/** Like a settings page, which does not exist. */
const ADD_PASSKEY = `(async () => {
  const call = async (path, init) => (await fetch('/api/auth/passkey/' + path, init)).json();
  const options = await call('generate-register-options');
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({ publicKey });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ response: credential.toJSON() });
  return call('verify-registration', { method: 'POST', headers, body });
})()`;

it('signs in with a passkey, to the start page and to a client', async () => {
  const { authUrl } = system.settings;
  const { email, id } = await system.asUser();
  await page.goto(`${authUrl}/sign-in`);
  await page.fill('#email', email);
  await page.fill('#password', PASSWORD);
  await page.click('form button[type=submit]');
  await page.waitForURL(`${authUrl}/`);
  // A page that allows scripts to call the server; it needs a sign-in.
  await page.goto(application.authorizationRequest({ prompt: 'login' }));
  expect(await page.evaluate(ADD_PASSKEY)).toMatchObject({ userId: id });
  await page.goto(authUrl);
  await page.click('text=Sign out');
  await page.click('text=Sign in again');
  await page.click('#passkey button');
  await page.waitForURL(`${authUrl}/`);
  expect(await page.textContent('main')).toContain(email);
  await page.click('text=Sign out');
  await page.goto(application.authorizationRequest());
  await page.click('#passkey button');
  await page.waitForURL(/\/consent\?/);
  expect(window.complaints).toEqual([]);
});
