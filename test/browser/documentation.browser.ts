import type { Browser, Page } from 'playwright-core';
import { openWindow, startBrowser, type Window } from '../support/browser';
import { Caller } from '../support/caller';
import { System } from '../support/system';
import { keepPicture } from './looks';

const ADMIN = { email: 'admin@example.com', password: 'the first administrator' };
const TOKENS = 'gatehouse.docs.tokens';

let system: System;
let browser: Browser;
let window: Window;
let page: Page;

beforeAll(async () => {
  // Shorter than the required remaining time of a token: each request renews it.
  const env = { JWT_TTL: '29s' };
  [system, browser] = await Promise.all([System.start({ env }), startBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await system.stop();
});

async function openTab(): Promise<Window> {
  const opened = await openWindow(browser, { viewport: { width: 1280, height: 900 } });
  ({ page } = opened);
  return opened;
}

async function authorize(): Promise<void> {
  await page.goto(`${system.apiUrl}/docs`);
  await page.click('.btn.authorize');
  await expectFirstMethod();
  await keepPicture(page, 'docs-dialog');
  await page.locator('.auth-container', { hasText: 'oauth2' }).locator('.btn.authorize').click();
  await page.waitForURL(/\/sign-in\?/);
  await page.fill('#email', ADMIN.email);
  await page.fill('#password', ADMIN.password);
  await page.click('form button[type=submit]');
  await page.waitForURL(`${system.apiUrl}/docs`);
  await page.waitForSelector('.btn.authorize.locked');
}

/** The dialog shows the sign-in, and the focus is there. */
async function expectFirstMethod(): Promise<void> {
  const first = page.locator('.auth-container').first();
  await first.locator('.btn.authorize:focus').waitFor();
  expect(await first.textContent()).toContain('oauth2');
  expect(await page.locator('.modal-ux-content').evaluate((node) => node.scrollTop)).toBe(0);
}

/** Opens an operation, executes it, and returns the status of the response. */
async function tryOut(operationId: string): Promise<string> {
  const operation = page.locator(`[id$="-${operationId}"].opblock`);
  if ((await operation.locator('.opblock-body').count()) === 0) {
    await operation.locator('.opblock-summary-control').click();
    await operation.locator('.try-out__btn').click();
  }
  // An answer to an earlier execution would be read instead of the new one.
  const clear = operation.locator('.btn-clear');
  if ((await clear.count()) > 0) await clear.click();
  const answer = page.waitForResponse((response) => response.url().includes('/api/v1/'));
  await operation.locator('.execute').click();
  await answer;
  const status = operation.locator('.live-responses-table tbody .response-col_status').first();
  return ((await status.textContent()) ?? '').trim().slice(0, 3);
}

const heldTokens = () => page.evaluate<string | null>(`sessionStorage.getItem('${TOKENS}')`);

async function heldToken(): Promise<string> {
  return (JSON.parse((await heldTokens()) ?? '{}') as { accessToken: string }).accessToken;
}

describe('a new tab', () => {
  beforeEach(async () => {
    window = await openTab();
  });
  afterEach(() => window.close());

  it('signs in, executes an operation, survives a reload, renews the token, and signs out', async () => {
    await authorize();
    const first = await heldToken();
    expect(await tryOut('getOwnProfile')).toBe('200');
    expect(await tryOut('listUsers')).toBe('200');
    await keepPicture(page, 'docs-tried-out');
    const renewed = await heldToken();
    expect(renewed).not.toBe(first);
    await page.reload();
    await page.waitForSelector('.btn.authorize.locked');
    expect(await tryOut('getOwnProfile')).toBe('200');
    const token = await heldToken();
    const caller = new Caller(system.apiUrl, token);
    expect(await caller.get('/api/v1/users/me')).toMatchObject({ status: 200 });
    await page.click('.btn.authorize');
    await page.locator('.auth-container', { hasText: 'oauth2' }).getByText('Logout').click();
    await page.waitForSelector('.btn.authorize.unlocked');
    expect(await caller.get('/api/v1/users/me')).toMatchObject({ status: 401 });
    expect(await heldTokens()).toBeNull();
    await page.goto(system.settings.authUrl);
    expect(await page.textContent('main')).not.toContain(ADMIN.email);
    expect(window.complaints).toEqual([]);
    expect([...window.origins].toSorted()).toEqual(
      [system.apiUrl, system.settings.authUrl].toSorted(),
    );
  });

  it('offers the documents of both processes', async () => {
    await page.goto(`${system.apiUrl}/docs`);
    await page.waitForSelector('.btn.authorize');
    const choices = page.locator('.topbar select option');
    expect(await choices.allTextContents()).toEqual(['API', 'Auth server', 'Both']);
    await page.selectOption('.topbar select', { label: 'Auth server' });
    await page.getByText('/api/auth/sign-in/email', { exact: true }).waitFor();
    expect(window.complaints).toEqual([]);
  });

  it('refuses a response that belongs to no sign-in of the tab', async () => {
    await page.goto(`${system.apiUrl}/docs/oauth2-redirect.html?code=stolen&state=made-up`);
    await page.getByText('This answer belongs to no sign-in of this tab.').waitFor();
    expect(await heldTokens()).toBeNull();
    expect(page.url()).not.toContain('stolen');
  });
});

describe('a tab that is signed in', () => {
  let tab: Window;

  beforeAll(async () => {
    tab = await openTab();
    await authorize();
  });
  beforeEach(() => ({ page } = tab));
  afterAll(() => tab.close());

  it('sends no filter that the user did not set', async () => {
    const request = page.waitForRequest((sent) => sent.url().includes('/admin/users'));
    await tryOut('listUsers');
    const { searchParams } = new URL((await request).url());
    expect([...searchParams.keys()].toSorted()).toEqual(['limit', 'sort']);
  });

  it('stays signed in when the token cannot be renewed because the auth server is unavailable', async () => {
    const tokenEndpoint = '**/api/auth/oauth2/token';
    await page.route(tokenEndpoint, (route) => route.fulfill({ status: 503, body: '{}' }));
    expect(await tryOut('getOwnProfile')).toBe('200');
    await page.unroute(tokenEndpoint);
    const held = await heldToken();
    expect(await tryOut('getOwnProfile')).toBe('200');
    expect(await heldToken()).not.toBe(held);
  });

  it('stays signed in, and shows an error, when the session cannot be ended', async () => {
    const signOut = '**/api/v1/auth/sign-out';
    await page.route(signOut, (route) => route.fulfill({ status: 503 }));
    await page.click('.btn.authorize');
    const dialog = page.locator('.auth-container', { hasText: 'oauth2' });
    await dialog.getByText('Logout').click();
    await page.getByText('You could not be signed out. Try again soon.').first().waitFor();
    await page.unroute(signOut);
    expect(await heldTokens()).not.toBeNull();
    expect(await page.locator('.btn.authorize.locked').count()).toBe(1);
    await page.locator('.btn-done').first().click();
    const held = await heldToken();
    expect(await tryOut('getOwnProfile')).toBe('200');
    expect(await heldToken()).not.toBe(held);
  });

  it('signs out when its session has ended', async () => {
    await system.query('DELETE FROM session');
    expect(await tryOut('getOwnProfile')).toBe('401');
    await page.waitForSelector('.btn.authorize.unlocked');
    expect(await heldTokens()).toBeNull();
  });
});
