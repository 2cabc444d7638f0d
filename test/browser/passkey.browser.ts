import type { Browser, Page } from 'playwright-core';
import { ClientApplication } from '../pages/client-application';
import { addAuthenticator, openWindow, startBrowser, type Window } from '../support/browser';
import { PASSWORD, System } from '../support/system';

const EMAIL = 'ada@example.com';
const env = { REQUIRE_EMAIL_VERIFICATION: 'true' };

let system: System;
let browser: Browser;
let application: ClientApplication;
let window: Window;
let page: Page;

beforeAll(async () => {
  [system, browser] = await Promise.all([System.start({ env }), startBrowser()]);
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
  const email = EMAIL;
  const user = { email, name: 'Ada', password: PASSWORD };
  await system.asAnonymous().post('/api/v1/auth/sign-up', user);
  await system.query('UPDATE "user" SET email_verified = true WHERE email = $1', [email]);
  const { id } = await system.signIn({ email, password: PASSWORD });
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

it('says why the server refuses a passkey', async () => {
  const { authUrl } = system.settings;
  await page.goto(authUrl);
  await page.click('text=Sign out');
  await page.goto(`${authUrl}/sign-in`);
  const problem = page.locator('#passkey-problem:visible');
  for (const [change, text] of [
    ['email_verified = false', 'Confirm your address first'],
    ['banned = true', 'This account is banned'],
  ] as const) {
    await system.query(`UPDATE "user" SET ${change} WHERE email = $1`, [EMAIL]);
    await page.click('#passkey button');
    await problem.filter({ hasText: text }).waitFor();
  }
});
