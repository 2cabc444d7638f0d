import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { WindowOptions } from '../support/browser';

const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true };
const DESKTOP = { viewport: { width: 1280, height: 800 } };

type Look = [name: string, options: WindowOptions];

export const PHONE_DARK: Look = ['phone-dark', { ...PHONE, colorScheme: 'dark' }];

/** Each width and each set of colours: no rule of the style sheet depends on both. */
const CHECKED: Look[] = [['desktop-light', { ...DESKTOP, colorScheme: 'light' }], PHONE_DARK];
const FOR_PICTURES: Look[] = [
  ['desktop-dark', { ...DESKTOP, colorScheme: 'dark' }],
  ['phone-light', { ...PHONE, colorScheme: 'light' }],
];

/** The variants in which each page is checked; with `SCREENSHOTS` all. */
export const LOOKS = process.env.SCREENSHOTS ? [...CHECKED, ...FOR_PICTURES] : CHECKED;

/** Stores a screenshot in the folder that `SCREENSHOTS` names. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
