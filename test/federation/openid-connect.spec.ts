import { decodeJwt } from 'jose';
import { Client } from 'pg';
import { Browser, type Arrival } from './browser';
import { APP, atApp, begin, dance, NEW_HERE, TROUBLE, WELCOME, whoIs } from './dance';
import { OpenIdProvider, type Person } from './openid-provider';
import { changeDuring, HOLD_UP, HOLD_UP_SESSIONS } from '../support/servers/held-up-session';
import { makePkce, OAuthStage, REDIRECT_URI } from '../oauth/stage';
import { send } from '../support/raw-http';
import { PASSWORD, System } from '../support/system';

let system: System;
let provider: OpenIdProvider;
let authUrl: string;
let holder: Client;

beforeAll(async () => {
  const started = await OpenIdProvider.startForSystem();
  ({ provider } = started);
  system = await System.start({ env: { ...started.env, TRUSTED_ORIGINS: APP } });
  ({ authUrl } = system.settings);
  holder = new Client(system.database.url);
  await holder.connect();
  await holder.query(HOLD_UP);
});

afterAll(async () => {
  await holder?.end();
  await system?.stop();
  await provider?.stop();
});

afterEach(() => {
  provider.fault = () => false;
});

const atCallback = ({ pathname }: URL) => pathname === '/api/auth/callback/oidc';

const start = (path?: string, more?: object) => ({ authUrl, provider: 'oidc', path, more });

/** The whole flow of one user in one browser. */
async function signIn(person: Person | null, browser = new Browser(APP)): Promise<Arrival> {
  provider.person = person;
  return dance(browser, start());
}

const accountsOf = (email: string) =>
  system.query<Record<string, unknown>>(
    `SELECT a.*, u.email_verified, u.role FROM account a JOIN "user" u ON u.id = a.user_id
      WHERE u.email = $1 ORDER BY a.created_at`,
    [email],
  );

const ada = { sub: 'ada', email: 'Ada@example.com', email_verified: true, name: 'Ada Lovelace' };

describe('a first sign-in', () => {
  it('creates a verified user, and the second one finds the same user', async () => {
    const browser = new Browser(APP);
    expect((await signIn(ada, browser)).url.href).toBe(NEW_HERE);
    const user = await whoIs(browser, authUrl);
    expect(user).toMatchObject({
      email: 'ada@example.com',
      emailVerified: true,
      name: 'Ada Lovelace',
      role: 'user',
    });
    const another = new Browser(APP);
    expect((await signIn(ada, another)).url.href).toBe(WELCOME);
    expect((await whoIs(another, authUrl))!.id).toBe(user!.id);
  });

  it('ends the session that it replaces in the same browser', async () => {
    const browser = new Browser(APP);
    await signIn(ada, browser);
    const cookies = browser.cookiesOf(new URL(authUrl).hostname);
    const former = new Browser(APP);
    for (const [name, value] of cookies) {
      former.cookiesOf(new URL(authUrl).hostname).set(name, value);
    }
    expect(await whoIs(former, authUrl)).toMatchObject({ email: 'ada@example.com' });
    await signIn(ada, browser);
    expect(await whoIs(browser, authUrl)).toMatchObject({ email: 'ada@example.com' });
    expect(await whoIs(former, authUrl)).toBeNull();
  });

  it('leads to a token that the API accepts', async () => {
    const browser = new Browser(APP);
    await signIn(ada, browser);
    const response = await browser.get(`${authUrl}/api/auth/token`);
    const { token } = (await response.json()) as { token: string };
    expect(decodeJwt(token).amr).toEqual(['fed']);
    const me = await system
      .asAnonymous()
      .get('/api/v1/users/me', { authorization: `Bearer ${token}` });
    expect(me).toMatchObject({ status: 200, body: { email: 'ada@example.com' } });
  });

  it('can begin at the API when it has the same host name', async () => {
    provider.person = ada;
    const browser = new Browser(APP);
    const begun = await begin(browser, { authUrl: system.apiUrl, provider: 'oidc' });
    expect((await browser.visit(begun, atApp)).url.href).toBe(WELCOME);
    expect((await whoIs(browser, system.apiUrl))!.email).toBe('ada@example.com');
  });

  it('leads to the OAuth client, or to the sign-in again for another user than its ID token names', async () => {
    const stage = await OAuthStage.on(system);
    const client = await stage.register({ type: 'public', firstParty: true });
    const { browser: ofAnother } = await stage.user();
    const { id_token: hint } = await stage.tokens(client, ofAnother);
    provider.person = ada;
    const outcomeOf = async (changes: Record<string, string | undefined>) => {
      const browser = new Browser(authUrl);
      const page = await browser.visit(stage.authorization(client.clientId, makePkce(), changes));
      const more = {
        callbackURL: `${authUrl}/`,
        newUserCallbackURL: undefined,
        oauth_query: page.url.search.slice(1),
      };
      const begun = await begin(browser, { ...start(), more });
      const { url: callback } = await browser.visit(begun, atCallback);
      const cookies = [...browser.cookiesOf(callback.hostname)].map((pair) => pair.join('='));
      // A page, not a script: only a page is redirected to the client.
      const answer = await send(authUrl, {
        path: callback.pathname + callback.search,
        headers: { accept: 'text/html', cookie: cookies.join('; ') },
      });
      const { origin, pathname, searchParams } = new URL(answer.headers.location![0]!);
      return { page: origin + pathname, hasCode: searchParams.has('code') };
    };
    const atClient = { page: REDIRECT_URI, hasCode: true };
    for (const changes of [{}, { max_age: '0' }, { prompt: 'login' }]) {
      expect(await outcomeOf(changes)).toEqual(atClient);
    }
    const again = { page: `${authUrl}/sign-in`, hasCode: false };
    expect(await outcomeOf({ id_token_hint: hint })).toEqual(again);
  });

  it('is not that of a user of a former provider with the same subject, whose link is put aside', async () => {
    const former = { sub: '1', email: 'former@example.com', email_verified: true };
    await signIn(former);
    await system.query(
      `UPDATE account SET provider_id = 'former-oidc' WHERE provider_id = 'oidc' AND account_id = '1'`,
    );
    const other = new Browser(APP);
    expect((await signIn({ ...former, email: 'other@example.com' }, other)).url.href).toBe(
      NEW_HERE,
    );
    expect(await whoIs(other, authUrl)).toMatchObject({ email: 'other@example.com' });
    const again = new Browser(APP);
    expect((await signIn({ ...former, sub: '2' }, again)).url.href).toBe(WELCOME);
    expect(await whoIs(again, authUrl)).toMatchObject({ email: former.email });
  });

  it('stores no token of the provider', async () => {
    await signIn(ada);
    const [account] = await accountsOf('ada@example.com');
    expect(account).toMatchObject({
      provider_id: 'oidc',
      account_id: 'ada',
      access_token: null,
      refresh_token: null,
      id_token: null,
    });
  });

  it('ignores roles and rights of the provider, and accepts only valid names', async () => {
    const person = {
      sub: 'mallory',
      email: 'mallory@example.com',
      email_verified: true,
      name: `Mallory\u0007${'!'.repeat(300)}`,
      picture: 'javascript:alert(1)',
      role: 'admin',
      banned: false,
    };
    const browser = new Browser(APP);
    await signIn(person, browser);
    const user = await whoIs(browser, authUrl);
    expect(user).toMatchObject({ role: 'user', image: null });
    expect(user!.name).toHaveLength(200);
    expect(user!.name).toMatch(/^Mallory !/);
  });

  it('is refused with an e-mail address that the provider has not verified', async () => {
    for (const email_verified of [false, undefined]) {
      const arrival = await signIn({ sub: 'eve', email: 'eve@example.com', email_verified });
      expect(arrival.url.origin + arrival.url.pathname).toBe(TROUBLE);
      expect(arrival.url.searchParams.get('error')).toBe('email_not_verified');
    }
    expect(await accountsOf('eve@example.com')).toEqual([]);
  });

  it('is refused without an e-mail address', async () => {
    const { url } = await signIn({ sub: 'nobody' });
    expect(url.searchParams.get('error')).toBe('email_not_found');
  });

  it('uses PKCE and a nonce', async () => {
    const url = new URL(await begin(new Browser(APP), start()));
    expect(url.origin).toBe(provider.issuer);
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    expect(url.searchParams.get('nonce')).toMatch(/^[\w-]{32}$/);
    expect(url.searchParams.get('redirect_uri')).toBe(`${authUrl}/api/auth/callback/oidc`);
    expect(url.searchParams.get('scope')!.split(' ').toSorted()).toEqual([
      'email',
      'openid',
      'profile',
    ]);
  });
});

describe('an account with the same e-mail address', () => {
  it('is linked when both sides have verified it', async () => {
    const { id } = await system.asUser({ email: 'grace@example.com' });
    await system.query(`UPDATE "user" SET email_verified = true WHERE id = $1`, [id]);
    const browser = new Browser(APP);
    const person = { sub: 'grace', email: 'grace@example.com', email_verified: true };
    expect((await signIn(person, browser)).url.href).toBe(WELCOME);
    expect((await whoIs(browser, authUrl))!.id).toBe(id);
    const accounts = await accountsOf('grace@example.com');
    expect(accounts.map(({ provider_id }) => provider_id)).toEqual(['credential', 'oidc']);
  });

  it('is not linked when the provider has not verified the e-mail address', async () => {
    const { id } = await system.asUser({ email: 'victim@example.com' });
    await system.query(`UPDATE "user" SET email_verified = true WHERE id = $1`, [id]);
    const browser = new Browser(APP);
    const thief = { sub: 'thief', email: 'victim@example.com', email_verified: false };
    const { url } = await signIn(thief, browser);
    expect(url.searchParams.get('error')).toBe('account_not_linked');
    expect(await whoIs(browser, authUrl)).toBeNull();
    expect(await accountsOf('victim@example.com')).toHaveLength(1);
  });

  it("is not linked when another person signed up first with the owner's e-mail address", async () => {
    const attacker = await system.asUser({ email: 'owner@example.com' });
    const browser = new Browser(APP);
    const owner = { sub: 'owner', email: 'owner@example.com', email_verified: true };
    const { url } = await signIn(owner, browser);
    expect(url.searchParams.get('error')).toBe('account_not_linked');
    expect(await whoIs(browser, authUrl)).toBeNull();
    const accounts = await accountsOf('owner@example.com');
    expect(accounts).toMatchObject([{ user_id: attacker.id, email_verified: false }]);
  });

  it('is linked automatically only without a second factor', async () => {
    const email = 'careful@example.com';
    await system.asUser({ email });
    await system.query(
      `UPDATE "user" SET email_verified = true, two_factor_enabled = true WHERE email = $1`,
      [email],
    );
    const browser = new Browser(APP);
    const { url } = await signIn({ sub: 'careful', email, email_verified: true }, browser);
    expect(url.searchParams.get('error')).toBe('account_not_linked');
    expect(await whoIs(browser, authUrl)).toBeNull();
    expect(await accountsOf(email)).toHaveLength(1);
  });

  it('is identified by the provider’s subject after linking, not by the e-mail address', async () => {
    const browser = new Browser(APP);
    const moved = { ...ada, email: 'grace@example.com' };
    await signIn(moved, browser);
    expect((await whoIs(browser, authUrl))!.email).toBe('ada@example.com');
  });
});

describe('a signed-in user', () => {
  async function signedIn(email: string): Promise<Browser> {
    await system.asUser({ email });
    const browser = new Browser(APP);
    const body = { email, password: PASSWORD };
    expect((await browser.post(`${authUrl}/api/auth/sign-in/email`, body)).status).toBe(200);
    return browser;
  }

  it('links an identity with the own, verified e-mail address', async () => {
    const browser = await signedIn('linus@example.com');
    provider.person = { sub: 'linus', email: 'linus@example.com', email_verified: true };
    const { url } = await browser.visit(await begin(browser, start('/link-social')), atApp);
    expect(url.href).toBe(WELCOME);
    expect(await accountsOf('linus@example.com')).toHaveLength(2);
  });

  it.each([
    ['an unverified e-mail', { email_verified: false }, 'email_not_verified'],
    ['another e-mail', { email: 'other@example.com' }, 'email_does_not_match'],
    ['an identity of another user', { sub: 'ada' }, 'account_already_linked_to_different_user'],
  ])('does not link %s, and the audit log has the reason', async (title, claims, error) => {
    const email = `${title.replaceAll(' ', '-')}@example.com`;
    const browser = await signedIn(email);
    provider.person = { sub: title, email, email_verified: true, ...claims };
    const { url } = await browser.visit(await begin(browser, start('/link-social')), atApp);
    expect(url.searchParams.get('error')).toBe(error);
    expect(await accountsOf(email)).toHaveLength(1);
    const failures = await system.query(
      `SELECT id FROM audit_event WHERE action = 'user.sign_in_failed' AND detail->>'reason' = $1`,
      [error],
    );
    expect(failures).not.toEqual([]);
  });

  it('cannot link after the end of the session that began it', async () => {
    const browser = await signedIn('late@example.com');
    provider.person = { sub: 'late', email: 'late@example.com', email_verified: true };
    const { url: callback } = await browser.visit(
      await begin(browser, start('/link-social')),
      atCallback,
    );
    await system.query(`DELETE FROM session WHERE user_id =
      (SELECT id FROM "user" WHERE email = 'late@example.com')`);
    const { url } = await browser.visit(callback, atApp);
    expect(url.searchParams.get('error')).toBe('unable_to_link_account');
  });
});

describe('a callback of the provider', () => {
  const lost = ({ pathname }: URL) => pathname === '/error';

  it('is refused in another browser, and stays valid in the right one', async () => {
    provider.person = ada;
    const victim = new Browser(APP);
    const { url: callback } = await victim.visit(await begin(victim, start()), atCallback);
    const thief = new Browser(APP);
    await begin(thief, start());
    const { url } = await thief.visit(callback, atApp);
    expect(url.searchParams.get('error')).toBe('state_mismatch');
    expect(await whoIs(thief, authUrl)).toBeNull();
    expect((await victim.visit(callback, atApp)).url.href).toBe(WELCOME);
  });

  it('is refused with the state of this browser and the code of another', async () => {
    provider.person = { sub: 'forced', email: 'forced@example.com', email_verified: true };
    const attacker = new Browser(APP);
    const { url: theirs } = await attacker.visit(await begin(attacker, start()), atCallback);
    const victim = new Browser(APP);
    provider.person = ada;
    const { url: callback } = await victim.visit(await begin(victim, start()), atCallback);
    callback.searchParams.set('code', theirs.searchParams.get('code')!);
    const { url } = await victim.visit(callback, atApp);
    expect(url.searchParams.get('error')).toBe('invalid_code');
    expect(await whoIs(victim, authUrl)).toBeNull();
  });

  it('works once', async () => {
    provider.person = ada;
    const browser = new Browser(APP);
    const { url: callback } = await browser.visit(await begin(browser, start()), atCallback);
    await browser.visit(callback, atApp);
    const { url } = await browser.visit(callback, lost);
    expect(url.searchParams.get('error')).toBe('state_mismatch');
  });

  it('is refused with an invented or missing state', async () => {
    for (const query of ['?code=x&state=made-up', '?code=x', '', '?state=made-up&error=x']) {
      const browser = new Browser(APP);
      const { url } = await browser.visit(`${authUrl}/api/auth/callback/oidc${query}`, lost);
      expect(url.origin).toBe(authUrl);
      expect(url.searchParams.get('error')).toMatch(/^state_(mismatch|not_found)$/);
    }
  });

  it('is refused with another issuer', async () => {
    provider.person = ada;
    const browser = new Browser(APP);
    const { url: callback } = await browser.visit(await begin(browser, start()), atCallback);
    expect(callback.searchParams.get('iss')).toBe(provider.issuer);
    callback.searchParams.set('iss', 'https://evil.example');
    const { url } = await browser.visit(callback, atApp);
    expect(url.searchParams.get('error')).toBe('issuer_mismatch');
  });

  it('redirects to the stored target and ignores parameters of the caller', async () => {
    const { id } = await system.asUser({ email: 'noted@example.com' });
    const link = { userId: id, email: 'noted@example.com' };
    const evil = 'https://evil.example';
    const additionalData = { link, callbackURL: evil, errorURL: evil, newUserURL: evil };
    provider.person = ada;
    const browser = new Browser(APP);
    const address = await begin(browser, start(undefined, { additionalData }));
    const [stored] = await system.query<{ value: string }>(
      'SELECT value FROM verification ORDER BY created_at DESC LIMIT 1',
    );
    expect(stored!.value).toContain(WELCOME);
    expect(stored!.value).not.toContain('noted');
    expect((await browser.visit(address, atApp)).url.href).toBe(WELCOME);
    expect((await whoIs(browser, authUrl))!.email).toBe('ada@example.com');
    expect(await accountsOf('noted@example.com')).toHaveLength(1);
  });

  it('shows that the user declined', async () => {
    const { url } = await signIn(null);
    expect(url.origin + url.pathname).toBe(TROUBLE);
    expect(url.searchParams.get('error')).toBe('access_denied');
    expect(url.searchParams.get('error_description')).toBe('The person declined.');
  });

  it('leads to the error page when the application names none', async () => {
    provider.person = null;
    const browser = new Browser(APP);
    const address = await begin(browser, start(undefined, { errorCallbackURL: undefined }));
    const { url } = await browser.visit(address, lost);
    expect(url.origin + url.pathname).toBe(`${authUrl}/error`);
    expect(url.searchParams.get('error')).toBe('access_denied');
  });

  it('shows that the provider failed', async () => {
    for (const path of ['/token', '/me']) {
      provider.fault = ({ url }, response) => {
        if (!url?.startsWith(path)) return false;
        response.writeHead(503).end('not now');
        return true;
      };
      const { url } = await signIn(ada);
      expect(url.searchParams.get('error')).toBe(
        path === '/token' ? 'invalid_code' : 'unable_to_get_user_info',
      );
    }
  });

  it('refuses a banned user', async () => {
    const person = { sub: 'banned', email: 'banned@example.com', email_verified: true };
    await signIn(person);
    await system.query(`UPDATE "user" SET banned = true WHERE email = $1`, [person.email]);
    const browser = new Browser(APP);
    const { url } = await signIn(person, browser);
    expect(url.searchParams.get('error')).toBe('BANNED_USER');
    expect(await whoIs(browser, authUrl)).toBeNull();
    const events = await system.query(
      `SELECT detail FROM audit_event WHERE action = 'user.sign_in_failed' ORDER BY id DESC LIMIT 1`,
    );
    expect(events).toEqual([{ detail: { method: 'oidc', reason: 'BANNED_USER' } }]);
    const refusals = () =>
      system.query(`SELECT id FROM audit_event WHERE action = 'user.sign_in_failed'`);
    const { length } = await refusals();
    // The parameter means nothing at the callback: it does not make the refusal look wanted.
    const isCallback = ({ pathname }: URL) => pathname.endsWith('/callback/oidc');
    const hidden = new Browser(APP);
    const arrival = await hidden.visit(await begin(hidden, start()), isCallback);
    arrival.url.searchParams.set('callbackURL', url.href);
    expect((await hidden.visit(arrival.url, atApp)).url.href).toBe(url.href);
    expect(await refusals()).toHaveLength(length + 1);
  });
});

describe('a sign-in with a provider, during which', () => {
  beforeAll(() => holder.query(HOLD_UP_SESSIONS));
  afterAll(() => holder.query('DROP TRIGGER a_hold_up ON session'));

  it.each([
    ['the account of the provider is removed', `DELETE FROM account WHERE id = 'of ' || $1`],
    ['a statement bans the user', `UPDATE "user" SET banned = true WHERE email = $1`],
  ])('%s, is refused', async (title, statement) => {
    const email = `${title.replaceAll(' ', '-')}@example.com`;
    await signIn({ sub: title, email, email_verified: true });
    const user = `(SELECT id FROM "user" WHERE email = $1)`;
    await system.query(`UPDATE account SET id = 'of ' || $1 WHERE user_id = ${user}`, [email]);
    await system.query(
      `INSERT INTO account (id, user_id, account_id, provider_id)
       SELECT id, id, id, 'github' FROM "user" WHERE email = $1`,
      [email],
    );
    await system.query(`DELETE FROM session WHERE user_id = ${user}`, [email]);
    const browser = new Browser(APP);
    await changeDuring({
      holder,
      request: () => signIn({ sub: title, email, email_verified: true }, browser),
      change: () => system.query(statement, [email]),
    });
    expect(await whoIs(browser, authUrl)).toBeNull();
    await expect(
      system.query(`SELECT FROM session WHERE user_id = ${user}`, [email]),
    ).resolves.toEqual([]);
  });
});

/** As a browser that shows the answer. */
function open(browser: Browser, url: URL): Promise<Response> {
  const cookies = [...browser.cookiesOf(url.hostname)].map((pair) => pair.join('='));
  return fetch(url, { headers: { accept: 'text/html', cookie: cookies.join('; ') } });
}

describe('a link of a provider, during which', () => {
  beforeAll(() =>
    holder.query(`CREATE TRIGGER a_hold_up BEFORE INSERT ON account FOR EACH ROW
      WHEN (NEW.provider_id = 'oidc') EXECUTE FUNCTION hold_up()`),
  );
  afterAll(() => holder.query('DROP TRIGGER a_hold_up ON account'));

  it.each([
    ['the password is replaced', `UPDATE account SET password = 'x' WHERE user_id = $1`, 1],
    ['the address changes', `UPDATE "user" SET email = 'b-' || email WHERE id = $1`, 1],
    ['the user is deleted', `DELETE FROM "user" WHERE id = $1`, 0],
  ])('%s, is refused', async (title, statement, left) => {
    const email = `link-${title.replaceAll(' ', '-')}@example.com`;
    const { id } = await system.asUser({ email });
    const browser = new Browser(APP);
    await browser.post(`${authUrl}/api/auth/sign-in/email`, { email, password: PASSWORD });
    provider.person = { sub: email, email, email_verified: true };
    const { url: callback } = await browser.visit(
      await begin(browser, start('/link-social')),
      atCallback,
    );
    const answer = await changeDuring({
      holder,
      request: () => open(browser, callback),
      change: () => system.query(statement, [id]),
    });
    expect(answer).toMatchObject({ status: 401, redirected: false });
    expect(await answer.text()).toContain('Code: credentials_changed');
    const accounts = await system.query('SELECT id FROM account WHERE user_id = $1', [id]);
    expect(accounts).toHaveLength(left);
  });
});

describe('a value that belongs to one redirect', () => {
  it.each(['/sign-in/social', '/link-social'])('is refused as a token: %s', async (path) => {
    const browser = new Browser(APP);
    const body = { provider: 'oidc', idToken: { token: 'a.b.c' } };
    const response = await browser.post(`${authUrl}/api/auth${path}`, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'ID_TOKEN_NOT_SUPPORTED' });
  });

  it.each(['/get-access-token', '/refresh-token', '/account-info'])(
    'is not returned: %s',
    async (path) => {
      const method = path === '/account-info' ? 'GET' : 'POST';
      const response = await fetch(`${authUrl}/api/auth${path}`, { method });
      expect(response.status).toBe(404);
    },
  );
});
