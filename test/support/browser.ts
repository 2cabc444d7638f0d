import { existsSync } from 'node:fs';
import {
  type Browser,
  type BrowserContext,
  type CDPSession,
  chromium,
  type Page,
} from 'playwright-core';

/** Paths of distributions; `CHROMIUM_PATH` has precedence. */
const USUAL_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Ends a wait that hangs. It is no measure of speed. */
const PATIENCE_MS = 120_000;

/** Starts the installed browser without a window. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      // Without a graphics card, a process of its own would compute what a card does.
      '--disable-gpu',
      // Chromium refuses its sandbox to root, which runs tests in containers.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
}

/** @throws when none is installed, with the solution. */
function findChromium(): string {
  const given = process.env.CHROMIUM_PATH;
  const found = given ?? USUAL_PATHS.find((path) => existsSync(path));
  if (found && existsSync(found)) return found;
  throw new Error('No Chromium was found: install it, or name it in CHROMIUM_PATH.');
}

/** A window, with its errors. */
export interface Window {
  page: Page;
  context: BrowserContext;
  /** Errors of the console (including refusals of a content security policy) and of scripts. */
  complaints: string[];
  /** Every origin that the window requested. */
  origins: Set<string>;
  close(): Promise<void>;
}

export type WindowOptions = Parameters<Browser['newContext']>[0];

/** A new window with its own cookies and storage. */
export async function openWindow(browser: Browser, options?: WindowOptions): Promise<Window> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const origins = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:') origins.add(origin);
  });
  return { page, context, complaints, origins, close: () => context.close() };
}

/**
 * Gives a window a virtual authenticator with user verification, which consents at once
 * (https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/). @returns a function that
 * changes its consent.
 */
export async function addAuthenticator({
  context,
  page,
}: Window): Promise<{ device: CDPSession; authenticatorId: string }> {
  const device = await context.newCDPSession(page);
  await device.send('WebAuthn.enable');
  const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { device, authenticatorId };
}
