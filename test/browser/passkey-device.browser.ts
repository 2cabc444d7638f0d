import type { Browser, CDPSession, Page } from 'playwright-core';
import { addAuthenticator, openWindow, startBrowser, type Window } from '../support/browser';
import { PASSWORD, System } from '../support/system';

let system: System;
let browser: Browser;
let window: Window;
let page: Page;
let device: CDPSession;
let authenticatorId: string;
let email: string;

beforeAll(async () => {
  [system, browser] = await Promise.all([System.start(), startBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await system.stop();
});

beforeEach(async () => {
  ({ email } = await system.asUser());
  // The pages' script policy does not allow the test's scripts.
  window = await openWindow(browser, { bypassCSP: true });
  ({ page } = window);
  ({ device, authenticatorId } = await addAuthenticator(window));
});

afterEach(() => window.close());

/** Calls Better-Auth from the page, on the page's origin. */
function call<Body = Record<string, unknown>>(path: string, body?: object): Promise<Body> {
  return page.evaluate(callInPage, { path, body }) as Promise<Body>;
}

async function callInPage({ path, body }: { path: string; body?: object }): Promise<unknown> {
  const response = await fetch(`/api/auth${path}`, {
    method: body ? 'POST' : 'GET',
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body && JSON.stringify(body),
  });
  return response.json();
}

async function signInWithPassword(baseUrl: string): Promise<void> {
  await page.goto(`${baseUrl}/health/live`);
  const answer = await call('/sign-in/email', { email, password: PASSWORD });
  if (!('token' in answer)) throw new Error(JSON.stringify(answer));
}

/** Runs in the page. Node's types do not contain these parts of WebAuthn. */
const CREATE = `async (json) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json);
  return (await navigator.credentials.create({ publicKey })).toJSON();
}`;
const GET = `async (json) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json);
  return (await navigator.credentials.get({ publicKey })).toJSON();
}`;

const askDevice = (script: string, options: object) =>
  page.evaluate<object>(`(${script})(${JSON.stringify(options)})`);

async function addPasskey(): Promise<{ id: string }> {
  const options = await call('/passkey/generate-register-options');
  const response = await askDevice(CREATE, options);
  return call('/passkey/verify-registration', { response, name: 'Laptop' });
}

async function signInWithPasskey(): Promise<Record<string, unknown>> {
  const options = await call('/passkey/generate-authenticate-options');
  return call('/passkey/verify-authentication', { response: await askDevice(GET, options) });
}

describe.each([
  ['of the auth server', () => system.settings.authUrl],
  ['of the API', () => system.apiUrl],
])('a passkey on a page %s', (_where, baseUrl) => {
  it('is added, signs in and is removed', async () => {
    await signInWithPassword(baseUrl());
    const { id } = await addPasskey();
    await call('/sign-out', {});
    expect(await call('/get-session')).toBeNull();
    expect(await signInWithPasskey()).toMatchObject({ user: { email } });
    expect(await call('/get-session')).toMatchObject({ user: { email } });
    expect(await call('/passkey/delete-passkey', { id })).toEqual({ status: true });
    expect(await call('/passkey/list-user-passkeys')).toEqual([]);
    expect(await signInWithPasskey()).toMatchObject({ code: 'PASSKEY_NOT_FOUND' });
  });

  it('is not created by a device without user verification', async () => {
    await signInWithPassword(baseUrl());
    await device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await expect(addPasskey()).rejects.toThrow('NotAllowedError');
  });
});

it('the sign-in page shows an error when the passkey is unknown', async () => {
  await page.goto(`${system.settings.authUrl}/sign-in`);
  await page.getByRole('button', { name: 'passkey' }).click();
  await page.getByRole('alert').filter({ hasText: 'passkey' }).waitFor();
  expect(await call('/get-session')).toBeNull();
});
