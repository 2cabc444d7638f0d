import { PASSWORD, System } from '../support/system';
import { ClientApplication } from './client-application';
import { Visitor } from './visitor';

const ADMIN = { email: 'admin@example.com', password: 'the first administrator' };
const MARKUP = `"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}`;
const EVIL = 'https://evil.example';

/** Pages that a browser can open, with their status for a plain request. */
const PAGES: [string, number][] = [
  ['/', 200],
  ['/sign-in', 200],
  ['/sign-up', 200],
  ['/two-factor', 200],
  ['/forgot-password', 200],
  ['/reset-password', 400],
  ['/reset-password?token=secret', 200],
  ['/verify-email', 400],
  ['/verify-email?token=secret', 400],
  ['/email-verified', 200],
  ['/consent', 400],
  ['/signed-out', 200],
  ['/error', 400],
  ['/dev/mailbox', 200],
  ['/nowhere', 404],
];

const FORMS = [
  '/sign-in',
  '/sign-up',
  '/two-factor',
  '/forgot-password',
  '/reset-password',
  '/consent',
  '/sign-out',
];

let system: System;
let application: ClientApplication;
let visitor: Visitor;

beforeAll(async () => {
  system = await System.start();
  application = await ClientApplication.start(system);
});
afterAll(async () => {
  await application.stop();
  await system.stop();
});

beforeEach(() => {
  visitor = new Visitor(system.settings.authUrl);
});

describe('every page', () => {
  it.each(PAGES)(
    '%s is not cacheable, cannot be framed, and runs no script',
    async (path, status) => {
      const answer = await visitor.open(path);
      expect(answer.status).toBe(status);
      const policy = answer.header('content-security-policy')!;
      expect(policy).toMatch(/^default-src 'none'; /);
      for (const part of ["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) {
        expect(policy).toContain(part);
      }
      expect(policy).not.toMatch(/script-src[^;]*unsafe|\*|http:|unsafe-eval/);
      expect(answer.text).not.toMatch(/<script(?! src="\/assets\/)|\son\w+=|style=|javascript:/i);
      expect(answer.header('cache-control')).toBe('no-store');
      expect(answer.header('x-frame-options')).toBe('DENY');
      // The URL of a mail contains a code: a referrer has the origin alone, or is not sent.
      const hasCode = /^\/(reset-password|verify-email)/.test(path);
      expect(answer.header('referrer-policy')).toBe(hasCode ? 'strict-origin' : 'same-origin');
    },
  );

  it.each(PAGES)('%s has a language, one heading and a title', async (path) => {
    const { text } = await visitor.open(path);
    expect(text).toContain('<html lang="en">');
    expect(text.match(/<h1/g)).toHaveLength(1);
    expect(text).toMatch(/<title>[^<]+<\/title>/);
    expect(text).toContain('<main');
  });

  it('has a cacheable style sheet, whose name changes with its content', async () => {
    const { text } = await visitor.open('/sign-in');
    const [, address = ''] = /<link rel="stylesheet" href="([^"]+)"/.exec(text)!;
    const style = await visitor.open(address);
    expect(style.status).toBe(200);
    expect(style.header('content-type')).toBe('text/css; charset=utf-8');
    expect(style.header('cache-control')).toContain('immutable');
  });

  it.each([
    ['DELETE', '/sign-in', 'GET, HEAD, POST'],
    ['PUT', '/error', 'GET, HEAD'],
    ['POST', '/signed-out', 'GET, HEAD'],
    ['GET', '/sign-out', 'POST'],
  ])('refuses %s %s', async (method, path, allowed) => {
    const response = await fetch(system.settings.authUrl + path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allowed);
  });
});

describe('markup in input', () => {
  const inQuery = encodeURIComponent(MARKUP);

  it.each([
    `/sign-in?email=${inQuery}&callbackURL=${inQuery}&error=${inQuery}`,
    `/sign-up?name=${inQuery}`,
    `/two-factor?by=${inQuery}`,
    `/reset-password?token=${inQuery}`,
    `/email-verified?error=${inQuery}`,
    `/error?error=${inQuery}&error_description=${inQuery}`,
    `/consent?client_id=${inQuery}&scope=${inQuery}`,
    `/signed-out?state=${inQuery}`,
    `/${inQuery}`,
  ])('stays text: %s', async (path) => {
    expectOnlyText((await visitor.open(path)).text);
  });

  it.each([
    ['/sign-in', { email: MARKUP, password: MARKUP }],
    ['/sign-up', { name: MARKUP, email: MARKUP, password: 'x' }],
    ['/two-factor', { code: MARKUP }],
    ['/forgot-password', { email: MARKUP }],
    ['/reset-password', { token: MARKUP, newPassword: MARKUP, repeatPassword: 'x' }],
    ['/consent', { answer: MARKUP }],
  ])('stays text in the form of %s', async (path, fields) => {
    expectOnlyText((await visitor.fillIn(path, fields)).text);
  });

  it('stays text in a mail of the mailbox', async () => {
    const account = { name: MARKUP, email: 'markup@example.com', password: PASSWORD };
    await visitor.fillIn('/sign-up', account);
    await visitor.fillIn('/forgot-password', account);
    const { text } = await visitor.open('/dev/mailbox');
    expectOnlyText(text);
    expect(text).toMatch(/<iframe[^>]*\ssandbox="allow-popups allow-popups-to-escape-sandbox"/);
  });

  function expectOnlyText(page: string): void {
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<img src=x');
    expect(page).not.toContain(`value=""'`);
  }
});

describe('a form of another site', () => {
  it.each(FORMS)('is refused by %s, with and without a session', async (path) => {
    await visitor.fillIn('/sign-in', ADMIN);
    const before = new Map(visitor.cookies);
    for (const headers of [
      { origin: EVIL, 'sec-fetch-site': 'cross-site' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      { origin: system.apiUrl, 'sec-fetch-site': 'same-site' },
      { origin: EVIL, 'sec-fetch-site': 'same-origin' },
      { origin: system.settings.authUrl, 'sec-fetch-site': 'cross-site' },
      { origin: system.settings.authUrl, 'sec-fetch-site': 'none' },
    ]) {
      const answer = await visitor.submit(path, ADMIN, headers);
      expect([headers, answer.status]).toEqual([headers, 403]);
      expect(answer.header('set-cookie')).toBeUndefined();
    }
    expect(visitor.cookies).toEqual(before);
  });

  it('is refused from browsers without Sec-Fetch-Site and Origin', async () => {
    await visitor.open('/sign-in');
    for (const origin of [EVIL, 'null', `${system.settings.authUrl}.evil.example`]) {
      const answer = await visitor.exchangeForm('/sign-in', ADMIN, { origin });
      expect([origin, answer.status]).toEqual([origin, 403]);
    }
    expect(await visitor.exchangeForm('/sign-in', ADMIN, {})).toMatchObject({ status: 403 });
    const own = await visitor.exchangeForm('/sign-in', ADMIN, { origin: system.settings.authUrl });
    expect(own).toMatchObject({ status: 303 });
  });

  it('gets a page with the URL at which forms work', async () => {
    const other = await visitor.submit('/sign-in', ADMIN, { origin: 'http://127.0.0.1:3000' });
    expect(other.status).toBe(403);
    expect(other.text).toContain(`href="${system.settings.authUrl}/"`);
  });

  it('is refused when it is not a form', async () => {
    await visitor.open('/sign-in');
    const json = { 'content-type': 'application/json' };
    expect(await visitor.submit('/sign-in', ADMIN, json)).toMatchObject({ status: 400 });
    const large = { email: 'a'.repeat(30_000) };
    expect(await visitor.submit('/sign-in', large)).toMatchObject({ status: 413 });
  });
});

describe('a redirect', () => {
  const names = ['callbackURL', 'redirect', 'redirectTo', 'redirect_uri', 'url', 'next', 'state'];
  const targets = [
    EVIL,
    '//evil.example',
    '/\\evil.example',
    'https:evil.example',
    '%2F%2Fevil.example',
    'javascript:alert(1)',
  ];

  it.each(targets)('never leads to a URL of a parameter or a form: %s', async (target) => {
    const query = names.map((name) => `${name}=${encodeURIComponent(target)}`).join('&');
    const fields = { ...Object.fromEntries(names.map((name) => [name, target])), ...ADMIN };
    await visitor.open('/sign-in');
    for (const path of FORMS.filter((form) => form !== '/sign-in')) {
      const { location = '/' } = await visitor.submit(`${path}?${query}`, fields);
      expect([path, location]).toEqual([path, expect.stringMatching(/^\/[\w-]*$/)]);
    }
    const { status, location } = await visitor.submit(`/sign-in?${query}`, fields);
    expect([status, location]).toEqual([303, '/']);
  });

  it.each(targets)('of a mail never leads to a foreign page: %s', async (target) => {
    const link = `/api/auth/reset-password/x?callbackURL=${encodeURIComponent(target)}`;
    const { location } = await visitor.open(link);
    expect(location ?? '').not.toContain('evil.example');
    expect(location ?? '').not.toContain('javascript');
  });

  it('to a client leads only to the registered URI', async () => {
    const changed = { redirect_uri: `${EVIL}/callback` };
    const { location } = await visitor.open(application.authorizationRequest(changed));
    expect(location).toMatch(new RegExp(`^${system.settings.authUrl}/error\\?`));
  });
});

describe('an error', () => {
  it('shows an own text for a known code, and no text of the URL', async () => {
    const text = 'Call this number';
    const known = await visitor.open(`/error?error=account_not_linked&error_description=${text}`);
    expect(known.text).toContain('There is an account with this e-mail address already.');
    expect(known.text).not.toContain(text);
    const unknown = await visitor.open(`/error?error=${encodeURIComponent(text)}`);
    expect(unknown.text).toContain('Code: unknown');
    expect(unknown.text).not.toContain(text);
    expect((await visitor.open('/error?error=constructor')).text).toContain('Code: unknown');
  });
});

describe('guessing', () => {
  it('is limited on the pages too, and the page shows it', async () => {
    const limited = await System.start({ env: { RATE_LIMITS: 'on' } });
    try {
      const guesser = new Visitor(limited.settings.authUrl);
      await guesser.open('/sign-in');
      const statuses: number[] = [];
      let last = await guesser.submit('/sign-in', { ...ADMIN, password: 'guess 0' });
      for (let count = 1; count < 30 && last.status !== 429; count += 1) {
        statuses.push(last.status);
        last = await guesser.submit('/sign-in', { ...ADMIN, password: `guess ${count}` });
      }
      expect(new Set(statuses)).toEqual(new Set([401]));
      expect(last.status).toBe(429);
      expect(Number(last.header('retry-after'))).toBeGreaterThan(0);
      expect(last.text).toContain('Too many attempts.');
      const right = await guesser.submit('/sign-in', ADMIN);
      expect(right.status).toBe(429);
    } finally {
      await limited.stop();
    }
  });
});
