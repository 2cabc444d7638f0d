import type { Browser, Page } from 'playwright-core';
import { findBarriers } from '../support/client/accessibility';
import { openWindow, startBrowser, type Window } from '../support/browser';
import { PASSWORD, System } from '../support/system';
import { keepPicture, LOOKS } from './looks';
import { ClientApplication } from '../pages/client-application';

/** Pages that are sent or opened without a session. */
const PAGES: [string, string, Record<string, string>?][] = [
  ['home', '/'],
  ['sign-in', '/sign-in'],
  ['sign-in-refused', '/sign-in', { '#email': 'nobody@example.com', '#password': 'a guess' }],
  ['sign-in-empty', '/sign-in', {}],
  ['sign-up', '/sign-up'],
  ['sign-up-refused', '/sign-up', { '#name': 'Ada', '#email': 'no address', '#password': 'x' }],
  ['two-factor', '/two-factor'],
  ['two-factor-refused', '/two-factor', { '#code': '000000' }],
  ['two-factor-waiting', '/two-factor'],
  ['two-factor-recovery', '/two-factor?by=recovery'],
  ['forgot-password', '/forgot-password'],
  ['forgot-password-sent', '/forgot-password', { '#email': 'admin@example.com' }],
  ['reset-password', '/reset-password?token=any'],
  ['reset-password-differs', '/reset-password?token=any', { '#newPassword': 'one thing' }],
  ['reset-password-invalid', '/reset-password?error=INVALID_TOKEN'],
  ['email-verified', '/email-verified'],
  ['email-not-verified', '/email-verified?error=invalid_token'],
  ['signed-out', '/signed-out'],
  ['error', '/error?error=account_not_linked'],
  ['nothing-there', '/nowhere'],
  ['mailbox', '/dev/mailbox'],
];

let system: System;
let browser: Browser;
let window: Window;
let page: Page;

beforeAll(async () => {
  const providers = {
    GOOGLE_CLIENT_ID: 'test',
    GOOGLE_CLIENT_SECRET: 'test',
    GITHUB_CLIENT_ID: 'test',
    GITHUB_CLIENT_SECRET: 'test',
  };
  [system, browser] = await Promise.all([System.start({ env: providers }), startBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await system.stop();
});

/** The form of the second step is shown to a browser that has this cookie. */
function waitingSignIn() {
  return { name: 'better-auth.two_factor', value: 'ended', url: system.settings.authUrl };
}

describe.each(LOOKS)('%s', (look, options) => {
  beforeEach(async () => {
    window = await openWindow(browser, options);
    ({ page } = window);
  });
  afterEach(() => window.close());

  it('has no accessibility finding and no clipped content, on every page', async () => {
    for (const [name, path, fields] of PAGES) {
      if (name.startsWith('two-factor-')) await window.context.addCookies([waitingSignIn()]);
      await page.goto(system.settings.authUrl + path);
      for (const [field, text] of Object.entries(fields ?? {})) await page.fill(field, text);
      if (fields) await page.click('main form button[type=submit]');
      await expectNoBarrier(name);
    }
    const refusals = window.complaints.filter((text) => !/status of 4\d\d/.test(text));
    expect(refusals).toEqual([]);
  });

  it('has none with a session: consent and start page', async () => {
    const user = await system.asUser();
    const application = await ClientApplication.start(system);
    await page.goto(application.authorizationRequest());
    await page.fill('#email', user.email);
    await page.fill('#password', PASSWORD);
    await page.click('form button[type=submit]');
    await page.waitForURL(/\/consent/);
    await expectNoBarrier('consent');
    await page.goto(system.settings.authUrl);
    await expectNoBarrier('home-signed-in');
    expect(window.complaints).toEqual([]);
    await application.stop();
  });

  async function expectNoBarrier(name: string): Promise<void> {
    await keepPicture(page, `${name}-${look}`);
    expect([name, ...(await findBarriers(page))]).toEqual([name]);
    const { scrollWidth, clientWidth } = await page.evaluate<Widths>(WIDTHS);
    expect([name, scrollWidth]).toEqual([name, clientWidth]);
  }
});

interface Widths {
  scrollWidth: number;
  clientWidth: number;
}

const WIDTHS =
  '(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)';
