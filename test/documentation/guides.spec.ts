import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Client } from 'pg';
import type { NewClient } from '../../src/admin/clients/clients.schemas';
import { Browser } from '../oauth/browser';
import { OAuthStage, payloadOf } from '../oauth/stage';
import { Page } from '../support/client/page';
import { PASSWORD, System } from '../support/system';
import { GuideCode } from './guide-code';

const ORIGIN = 'http://localhost:5173';
const FOREIGN = 'http://localhost:5174';

let stage: OAuthStage;

beforeAll(async () => {
  stage = await OAuthStage.start({ env: { TRUSTED_ORIGINS: ORIGIN } });
});
afterAll(() => stage.system.stop());

/** @param changes texts of the guide and what replaces them, next to the URLs of the system. */
function open(
  guide: string,
  changes: Record<string, string> = {},
  globals = {},
  { apiUrl, settings }: System = stage.system,
): GuideCode {
  return new GuideCode(guide, {
    replace: {
      'http://localhost:8000': apiUrl,
      'http://localhost:3000': settings.authUrl,
      ...changes,
    },
    globals,
    load: createRequire(__filename),
  });
}

describe('the guide to a single-page app with cookies', () => {
  interface Main {
    signUp(name: string, email: string, password: string): Promise<string>;
    signIn(email: string, password: string): Promise<string>;
    greet(): Promise<string>;
    signOut(): Promise<void>;
  }
  const GUIDE = 'single-page-app-cookies.md';
  const EMAIL = 'cookies@example.com';

  it('signs up, calls the API after a reload, signs out and signs in', async () => {
    const page = new Page(ORIGIN);
    const begin = () => open(GUIDE).load('web/main.ts') as Main;
    await page.run(async () => {
      expect(await begin().signUp('Ada', EMAIL, PASSWORD)).toBe('Hello Ada');
      const reloaded = begin();
      expect(await reloaded.greet()).toBe('Hello Ada');
      await reloaded.signOut();
      await expect(reloaded.greet()).rejects.toThrow('Not signed in');
      await expect(begin().signIn(EMAIL, 'another password')).rejects.toThrow(
        'INVALID_EMAIL_OR_PASSWORD',
      );
      expect(await begin().signIn(EMAIL, PASSWORD)).toBe('Hello Ada');
    });
  });

  it('is not signed in after a ban, and signs in again when it is lifted', async () => {
    const page = new Page(ORIGIN);
    const email = 'banned@example.com';
    const main = await page.run(async () => {
      const opened = open(GUIDE).load('web/main.ts') as Main;
      await opened.signUp('Ada', email, PASSWORD);
      return opened;
    });
    const [user] = await stage.system.query<{ id: string }>(
      'SELECT id FROM "user" WHERE email = $1',
      [email],
    );
    const path = `/api/v1/admin/users/${user!.id}/ban`;
    expect((await stage.admin.caller.put(path, { reason: 'Spam' })).status).toBe(200);
    await page.run(async () => {
      await expect(main.greet()).rejects.toThrow('Not signed in');
      await expect(main.signIn(email, PASSWORD)).rejects.toThrow('BANNED_USER');
    });
    expect((await stage.admin.caller.delete(path)).status).toBe(200);
    await page.run(async () => {
      await expect(main.greet()).rejects.toThrow('Not signed in');
      expect(await main.signIn(email, PASSWORD)).toBe('Hello Ada');
    });
  });

  it('calls the API as the user who signed in last', async () => {
    await new Page(ORIGIN).run(async () => {
      const main = open(GUIDE).load('web/main.ts') as Main;
      await main.signUp('Bea', 'bea@example.com', PASSWORD);
      await main.signUp('Cleo', 'cleo@example.com', PASSWORD);
      expect(await main.greet()).toBe('Hello Cleo');
      expect(await main.signIn('bea@example.com', PASSWORD)).toBe('Hello Bea');
    });
  });

  it('asks for the mail where an e-mail address has to be verified first', async () => {
    const env = { TRUSTED_ORIGINS: ORIGIN, REQUIRE_EMAIL_VERIFICATION: 'true' };
    const system = await System.start({ env });
    try {
      await new Page(ORIGIN).run(async () => {
        const main = open(GUIDE, {}, {}, system).load('web/main.ts') as Main;
        expect(await main.signUp('Ada', EMAIL, PASSWORD)).toBe('Open the link in your mail');
        await expect(main.signIn(EMAIL, PASSWORD)).rejects.toThrow('EMAIL_NOT_VERIFIED');
      });
    } finally {
      await system.stop();
    }
  });

  it('does not take a refusal of the auth server for the end of the session', async () => {
    const sql = new Client({ connectionString: stage.system.database.url });
    await sql.connect();
    try {
      await new Page(ORIGIN).run(async () => {
        const begin = () => open(GUIDE).load('web/main.ts') as Main;
        await begin().signUp('Dora', 'dora@example.com', PASSWORD);
        await sql.query('BEGIN; LOCK TABLE session IN ACCESS EXCLUSIVE MODE');
        await expect(begin().greet()).rejects.toThrow('No access token: status 503');
        await sql.query('ROLLBACK');
        expect(await begin().greet()).toBe('Hello Dora');
      });
    } finally {
      await sql.end();
    }
  });

  it('fails at its first call from an origin that is not trusted', async () => {
    await new Page(FOREIGN).run(async () => {
      const main = open(GUIDE).load('web/main.ts') as Main;
      await expect(main.signUp('Eve', 'eve@example.com', PASSWORD)).rejects.toThrow(
        'Failed to fetch',
      );
    });
  });
});

describe('the guide to a single-page app with code and PKCE', () => {
  interface App {
    startSignIn(): Promise<void>;
    finishSignIn(): Promise<boolean>;
    callApi(path: string): Promise<Response>;
    renew(): Promise<void>;
    signOut(): Promise<void>;
  }
  const GUIDE = 'single-page-app-pkce.md';
  const REDIRECT_URI = `${ORIGIN}/callback`;
  let client: NewClient;

  beforeAll(async () => {
    client = await stage.register({
      type: 'public',
      redirectUris: [REDIRECT_URI],
      firstParty: true,
    });
  });

  /** The app in a browser tab; `location.assign()` is what the user follows. */
  function openTab(changes: Record<string, string> = {}) {
    const location = { href: ORIGIN, assign: (url: URL) => void (location.href = url.href) };
    const history = {
      replaceState: (_state: null, _title: string, path: string) =>
        void (location.href = new URL(path, ORIGIN).href),
    };
    const kept = new Map<string, string>();
    const sessionStorage = {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
      removeItem: (name: string) => void kept.delete(name),
    };
    const code = open(
      GUIDE,
      { 'the client id': client.clientId, ...changes },
      { location, history, sessionStorage },
    );
    return { location, app: code.load('web/oauth.ts') as App };
  }

  it('signs in, calls the API, renews its tokens and signs out', async () => {
    const { user, browser } = await stage.user();
    const { location, app } = openTab();
    const page = new Page(ORIGIN);
    await page.run(() => app.startSignIn());
    location.href = (await browser.authorize(location.href)).href;
    expect(location.href).toMatch(`${REDIRECT_URI}?code=`);
    await page.run(async () => {
      expect(await app.finishSignIn()).toBe(true);
      expect(location.href).toBe(`${ORIGIN}/`);
      expect(await (await app.callApi('/api/v1/users/me')).json()).toMatchObject({ id: user.id });
      await Promise.all([app.renew(), app.renew()]);
      await app.renew();
      expect((await app.callApi('/api/v1/users/me')).status).toBe(200);
      await app.signOut();
    });
    location.href = (await browser.follow(location.href)).href;
    expect(location.href).toBe(REDIRECT_URI);
    await page.run(async () => {
      expect(await app.finishSignIn()).toBe(false);
      expect(location.href).toBe(`${ORIGIN}/`);
      await expect(app.callApi('/api/v1/users/me')).rejects.toThrow('Not signed in');
    });
  });

  it('gets 401 after a ban, and no new tokens', async () => {
    const { user, browser } = await stage.user();
    const { location, app } = openTab();
    const page = new Page(ORIGIN);
    await page.run(() => app.startSignIn());
    location.href = (await browser.authorize(location.href)).href;
    await page.run(() => app.finishSignIn());
    const path = `/api/v1/admin/users/${user.id}/ban`;
    expect((await stage.admin.caller.put(path, { reason: 'Spam' })).status).toBe(200);
    await page.run(async () => {
      expect((await app.callApi('/api/v1/users/me')).status).toBe(401);
      await expect(app.renew()).rejects.toMatchObject({ error: 'invalid_grant' });
    });
  });

  it('cannot discover the auth server at the URL of the API', async () => {
    const { app } = openTab({
      [`ISSUER = '${stage.system.settings.authUrl}'`]: `ISSUER = '${stage.system.apiUrl}'`,
    });
    await new Page(ORIGIN).run(() => expect(app.startSignIn()).rejects.toThrow('issuer'));
  });

  it('cannot exchange its code from an origin that is not trusted', async () => {
    const { browser } = await stage.user();
    const { location, app } = openTab();
    const page = new Page(FOREIGN);
    await page.run(() => app.startSignIn());
    location.href = (await browser.authorize(location.href)).href;
    await page.run(() => expect(app.finishSignIn()).rejects.toThrow());
  });
});

describe('the guide to a server-side front end', () => {
  type Handler = (request: Request) => Promise<Response>;
  interface CookieModule {
    readCookie(request: Request, name: string): object;
    writeCookie(name: string, value: object, seconds: number): string;
  }
  const GUIDE = 'server-side-front-end.md';
  const APP_URL = 'http://localhost:4000';
  let code: GuideCode;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    const client = await stage.register({
      type: 'confidential',
      redirectUris: [`${APP_URL}/callback`],
      firstParty: true,
    });
    env = {
      CLIENT_ID: client.clientId,
      CLIENT_SECRET: client.clientSecret,
      COOKIE_SECRET: 'a secret of the front end',
      NODE_ENV: 'production',
    };
    code = open(GUIDE, {}, { process: { env } });
  });

  /** A browser at the front end: it keeps the cookies of the handlers. */
  class Visitor {
    readonly cookies = new Map<string, string>();

    async call(file: string, path: string, init: RequestInit = {}, method = 'GET') {
      const handler = (code.load(file) as Record<string, Handler>)[method]!;
      const headers = new Headers(init.headers);
      headers.set('cookie', [...this.cookies].map((pair) => pair.join('=')).join('; '));
      const response = await handler(new Request(APP_URL + path, { ...init, method, headers }));
      for (const line of response.headers.getSetCookie()) {
        if (!line.includes('; HttpOnly; SameSite=Lax;')) throw new Error(line);
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        if (line.includes('Max-Age=0')) this.cookies.delete(name!);
        else this.cookies.set(name!, value!);
      }
      return response;
    }

    api(path: string, init?: RequestInit, method?: string) {
      return this.call('app/api/[...path]/route.ts', `/api${path}`, init, method);
    }

    async signIn(browser: Browser): Promise<void> {
      const login = await this.call('app/login/route.ts', '/login');
      const callback = await browser.authorize(login.headers.get('location')!);
      const { pathname, search } = callback;
      const answer = await this.call('app/callback/route.ts', pathname + search);
      if (answer.headers.get('location') !== `${APP_URL}/`) throw new Error(String(answer.status));
    }
  }

  it('loads without the settings of the server, as `next build` does', () => {
    const built = open(GUIDE, {}, { process: { env: {} } });
    expect(built.names).toContain('app/login/route.ts');
    for (const name of built.names) expect(() => built.load(name)).not.toThrow();
  });

  it('signs in, reads and changes the profile, and signs out', async () => {
    const { user, browser } = await stage.user();
    const visitor = new Visitor();
    expect((await visitor.api('/v1/users/me')).status).toBe(401);
    await visitor.signIn(browser);
    expect([...visitor.cookies.keys()]).toEqual(['session']);
    expect(await (await visitor.api('/v1/users/me')).json()).toMatchObject({ id: user.id });
    const change = { body: '{"name":"Ada King"}', headers: { origin: APP_URL } };
    expect((await visitor.api('/v1/users/me', change, 'PATCH')).status).toBe(200);
    const end = { headers: { origin: APP_URL } };
    expect((await visitor.api('/v1/users/me/sessions', end, 'DELETE')).status).toBe(204);
    const logout = await visitor.call(
      'app/logout/route.ts',
      '/logout',
      { headers: { origin: APP_URL } },
      'POST',
    );
    expect((await browser.follow(logout.headers.get('location')!)).href).toBe(
      `${APP_URL}/callback`,
    );
    expect((await visitor.api('/v1/users/me')).status).toBe(401);
  });

  it.each([
    ['https://app.example.com', true],
    ['http://localhost:4000', false],
  ])('limits its cookie to https when the URL of the app is %s: %s', (url, isSecure) => {
    const { writeCookie } = open(
      GUIDE,
      { [APP_URL]: url },
      { process: { env: { COOKIE_SECRET: 'a secret of the front end', NODE_ENV: 'production' } } },
    ).load('lib/cookie.ts') as CookieModule;
    expect(writeCookie('session', {}, 60).includes('; Secure')).toBe(isSecure);
  });

  it('refuses a change from a page of another site, with the cookie', async () => {
    const visitor = new Visitor();
    await visitor.signIn((await stage.user()).browser);
    const change = { body: '{"name":"Eve"}', headers: { origin: FOREIGN } };
    expect((await visitor.api('/v1/users/me', change, 'PATCH')).status).toBe(403);
    const logout = { headers: { origin: FOREIGN } };
    expect((await visitor.call('app/logout/route.ts', '/logout', logout, 'POST')).status).toBe(403);
  });

  it('renews an old session once for two requests at once, and ends it with the session', async () => {
    const { user, browser } = await stage.user();
    const visitor = new Visitor();
    await visitor.signIn(browser);
    age(visitor);
    const both = [visitor.api('/v1/users/me'), visitor.api('/v1/users/me')];
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    age(visitor);
    await stage.system.query('DELETE FROM session WHERE user_id = $1', [user.id]);
    expect((await visitor.api('/v1/users/me')).status).toBe(401);
    expect(visitor.cookies.size).toBe(0);
  });

  it('keeps an old session while the auth server is not available', async () => {
    const { user, browser } = await stage.user();
    const visitor = new Visitor();
    await visitor.signIn(browser);
    age(visitor);
    const served = code;
    try {
      code = open(GUIDE, { 'http://localhost:3000': 'http://127.0.0.1:1' }, { process: { env } });
      expect((await visitor.api('/v1/users/me')).status).toBe(503);
    } finally {
      code = served;
    }
    expect(await (await visitor.api('/v1/users/me')).json()).toMatchObject({ id: user.id });
  });

  it('begins again in a browser that did not begin the sign-in, and with a changed cookie', async () => {
    const visitor = new Visitor();
    visitor.cookies.set('sign-in', Buffer.alloc(60).toString('base64url'));
    const answer = await visitor.call('app/callback/route.ts', '/callback?code=x&state=y');
    expect(answer.headers.get('location')).toBe(`${APP_URL}/login`);
  });

  /** Writes the cookie as it is when the access token has expired. */
  function age(visitor: Visitor): void {
    const cookie = code.load('lib/cookie.ts') as CookieModule;
    const headers = { cookie: `session=${visitor.cookies.get('session')}` };
    const session = cookie.readCookie(new Request(APP_URL, { headers }), 'session');
    const line = cookie.writeCookie('session', { ...session, expiresAt: 0 }, 60);
    visitor.cookies.set('session', /=([^;]*)/.exec(line)![1]!);
  }
});

describe('the guide to a native app', () => {
  interface App {
    signIn(openBrowser: (url: string) => void): Promise<{ access_token: string }>;
  }
  const GUIDE = 'native-app.md';

  it('receives its code on any port of the loopback interface', async () => {
    const client = await stage.register({
      type: 'public',
      redirectUris: ['http://127.0.0.1/callback'],
    });
    const { user, browser } = await stage.user();
    const { signIn } = open(GUIDE, { 'the client id': client.clientId }).load('sign-in.ts') as App;
    const tokens = await signIn((url) => {
      void browser.authorize(url).then(async (callback) => {
        expect((await fetch(new URL('/favicon.ico', callback))).status).toBe(404);
        await fetch(callback);
      });
    });
    expect(payloadOf(tokens.access_token)).toMatchObject({ sub: user.id });
  });

  it.each(['com.example.app:/callback', 'myapp://callback', 'http://192.168.1.5/callback'])(
    'has no redirect URI %s',
    async (uri) => {
      await expect(stage.register({ type: 'public', redirectUris: [uri] })).rejects.toThrow(
        'redirectUris',
      );
    },
  );
});

it.each([
  ['single-page-app-cookies.md', ['web/gatehouse.ts', 'web/main.ts']],
  ['single-page-app-pkce.md', ['web/oauth.ts']],
  [
    'server-side-front-end.md',
    [
      'lib/cookie.ts',
      'lib/gatehouse.ts',
      'app/login/route.ts',
      'app/callback/route.ts',
      'app/api/[...path]/route.ts',
      'app/logout/route.ts',
    ],
  ],
  ['native-app.md', ['sign-in.ts']],
])('%s shows no code that does not run here', (guide, names) => {
  expect(open(guide).names).toEqual(names);
  const text = readFileSync(join(__dirname, '../../docs/guides', guide), 'utf8');
  expect(text.match(/^```ts$/gm)).toHaveLength(names.length);
});

it('testing.md shows the test of the test kit', () => {
  const read = (path: string) => readFileSync(join(__dirname, path), 'utf8');
  const code = read('test-kit.spec.ts');
  expect(read('../../docs/guides/testing.md')).toContain(`\`\`\`ts\n${code}\`\`\``);
});
