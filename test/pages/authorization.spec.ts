import { decodeJwt } from 'jose';
import { TOTP, URI } from 'otpauth';
import { TEXTS } from '../../auth-server/pages/common/texts';
import { createBrowserFetch } from '../support/client/cookie-jar';
import { Caller } from '../support/caller';
import { PASSWORD, System } from '../support/system';
import { ClientApplication } from './client-application';
import { Visitor } from './visitor';

let system: System;
let application: ClientApplication;
let visitor: Visitor;

beforeAll(async () => {
  system = await System.start();
  application = await ClientApplication.start(system, { name: 'Photo <b>Printer</b>' });
});
afterAll(async () => {
  await application.stop();
  await system.stop();
});

beforeEach(() => {
  visitor = new Visitor(system.settings.authUrl);
});

/** Opens the page that the application's request leads to. */
async function arrive(changes?: Record<string, string>): Promise<string> {
  const { location } = await visitor.open(application.authorizationRequest(changes));
  return location!;
}

/** Submits the consent page, and returns to the application. */
async function consent(page: string, answer = 'accept'): Promise<URL> {
  const back = await visitor.submit(page, { answer });
  expect(back.status).toBe(200);
  return new URL(back.location!);
}

describe('a request of a client', () => {
  it('continues after sign-in and consent, to a token that the API accepts', async () => {
    const { email, id } = await system.asUser();
    const page = await arrive();
    expect((await visitor.open(page)).text).toContain('to continue to Photo &#60;b&#62;Printer');
    const { location } = await visitor.submit(page, { email, password: PASSWORD });
    expect(location).toContain('/consent?');
    const text = (await visitor.open(location!)).text;
    expect(text).toContain('Photo &#60;b&#62;Printer&#60;/b&#62; asks for access');
    expect(text).toContain(email);
    expect(text).toContain(new URL(application.redirectUri).host);
    expect(text).toContain('your role, and when and how you signed in');
    const callback = await consent(location!);
    expect(callback.href).toMatch(new RegExp(`^${application.redirectUri}\\?`));
    expect(callback.searchParams.get('state')).toBe('state & <state>');
    const { access_token: token } = await application.exchange(callback);
    const me = await new Caller(system.apiUrl, token).get('/api/v1/users/me');
    expect(me).toMatchObject({ status: 200, body: { id } });
    expect(decodeJwt(token)).toMatchObject({ role: 'user', amr: ['pwd'] });
  });

  it('gets an error when the user denies consent', async () => {
    const { email } = await system.asUser();
    const page = await arrive();
    const { location } = await visitor.fillIn(page, { email, password: PASSWORD });
    const callback = await consent(location!, 'deny');
    expect(callback.searchParams.get('error')).toBe('access_denied');
    expect(callback.searchParams.get('code')).toBeNull();
  });

  it('continues after a sign-up', async () => {
    const page = (await arrive()).replace('/sign-in', '/sign-up');
    const account = { name: 'Ada', email: 'ada@example.com', password: PASSWORD };
    const { location } = await visitor.fillIn(page, account);
    expect((await consent(location!)).searchParams.get('code')).toMatch(/^\w{20,}$/);
  });

  it('continues after a wrong password and the right one', async () => {
    const { email } = await system.asUser();
    const page = await arrive();
    const wrong = await visitor.fillIn(page, { email, password: 'a guess' });
    const again = /action="([^"]+)"/.exec(wrong.text)![1]!.replaceAll('&#38;', '&');
    const { location } = await visitor.submit(again, { email, password: PASSWORD });
    expect(location).toContain('/consent?');
  });

  it('continues only after the second factor', async () => {
    const { email, secret } = await userWithSecondFactor();
    const page = await arrive();
    const first = await visitor.fillIn(page, { email, password: PASSWORD });
    expect(first.location).toMatch(/^\/two-factor\?.*client_id=/);
    expect(first.text).not.toContain('code=');
    expect((await visitor.open(first.location!)).text).toContain(TEXTS.twoFactor.intro);
    const other = new Visitor(system.settings.authUrl);
    for (const stranger of [
      await other.open(first.location!),
      await other.fillIn(first.location!, { code: codeOf(secret) }),
    ]) {
      expect(stranger.text).toContain(TEXTS.twoFactor.noSignIn);
      expect(stranger.text).toMatch(/href="\/sign-in\?[^"]*client_id=/);
      expect(stranger.text).not.toContain('<form');
    }
    const refused = await visitor.fillIn(first.location!, { code: '000000' });
    expect(refused.status).toBe(401);
    expect(refused.text).toContain('id="code-problem"');
    const early = await visitor.open(application.authorizationRequest());
    expect(early.location).toContain('/sign-in?');
    const second = await visitor.submit(first.location!, { code: codeOf(secret) });
    expect(second.location).toContain('/consent?');
    expect((await consent(second.location!)).searchParams.get('code')).not.toBeNull();
  });

  it('is not shown when it was changed or is too old', async () => {
    const page = await arrive();
    const changes: [string, string][] = [
      ['client_id', 'gatehouse-docs'],
      ['scope', 'openid users:write'],
      ['redirect_uri', 'https://evil.example/'],
      ['exp', '9999999999'],
      ['sig', 'AAAA'],
    ];
    for (const [name, value] of changes) {
      const changed = new URL(page);
      changed.searchParams.set(name, value);
      for (const path of ['/sign-in', '/sign-up', '/consent', '/two-factor']) {
        changed.pathname = path;
        const answer = await visitor.open(changed.href);
        expect([path, name, answer.status]).toEqual([path, name, 400]);
        expect(answer.text).not.toContain(value);
      }
    }
  });

  it('with prompt=login requires a new sign-in, which ends the session before it', async () => {
    const { email } = await system.asUser();
    await visitor.fillIn('/sign-in', { email, password: PASSWORD });
    const former = new Visitor(system.settings.authUrl);
    for (const [name, value] of visitor.cookies) former.cookies.set(name, value);
    const page = await arrive({ prompt: 'login' });
    expect(page).toContain('/sign-in?');
    expect(await visitor.open(page)).toMatchObject({ status: 200 });
    expect((await former.open('/api/auth/get-session')).text).toContain(email);
    const { location } = await visitor.submit(page, { email, password: PASSWORD });
    expect(location).toContain('/consent?');
    expect((await former.open('/api/auth/get-session')).text).toBe('null');
    expect((await visitor.open('/api/auth/get-session')).text).toContain(email);
  });

  it('of an unknown client leads to a readable page', async () => {
    const page = await arrive({ client_id: 'nobody' });
    expect(page).toMatch(new RegExp(`^${system.settings.authUrl}/error\\?`));
    expect((await visitor.open(page)).text).toContain('is not known here');
  });
});

describe('/consent', () => {
  it('redirects to the sign-in page without a session', async () => {
    const page = (await arrive()).replace('/sign-in', '/consent');
    expect((await visitor.open(page)).location).toMatch(/^\/sign-in\?/);
    const answer = await visitor.submit(page, { answer: 'accept' });
    expect(answer.location).toMatch(/^\/sign-in\?/);
  });

  it('tells an administrator who acts as a user that only the user can agree', async () => {
    const { email } = await system.asNewAdmin();
    const { id: userId } = await system.asUser();
    await visitor.fillIn('/sign-in', { email, password: PASSWORD });
    const began = await visitor.call('/admin/impersonate-user', { userId });
    expect(began.status).toBe(200);
    const page = await arrive();
    expect(page).toContain('/consent?');
    expect(await visitor.submit(page, { answer: 'accept' })).toMatchObject({
      status: 403,
      text: expect.stringContaining('Only the user can allow an application'),
    });
  });

  it('shows nothing without a request', async () => {
    expect(await visitor.open('/consent')).toMatchObject({ status: 400 });
  });
});

/** A user with an authenticator app, set up through the endpoints. */
async function userWithSecondFactor(): Promise<{ email: string; secret: TOTP }> {
  const { authUrl } = system.settings;
  const { email } = await system.asUser();
  const browser = createBrowserFetch(authUrl);
  const post = async <Body>(path: string, body: object): Promise<Body> => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await browser(`${authUrl}/api/auth${path}`, init)).json() as Promise<Body>;
  };
  await post('/sign-in/email', { email, password: PASSWORD });
  const { totpURI } = await post<{ totpURI: string }>('/two-factor/enable', { password: PASSWORD });
  const secret = URI.parse(totpURI) as TOTP;
  await post('/two-factor/verify-totp', { code: secret.generate() });
  return { email, secret };
}

/** A code is valid once; the next one is within the tolerance. */
function codeOf(secret: TOTP): string {
  return secret.generate({ timestamp: Date.now() + 30_000 });
}
