import { Browser } from '../oauth/browser';
import { makePkce, OAuthStage, REDIRECT_URI } from '../oauth/stage';
import { PASSWORD } from '../support/system';
import { enrolUser } from './enrolment';

let stage: OAuthStage;

beforeAll(async () => {
  stage = await OAuthStage.start();
});

afterAll(() => stage.system.stop());

it('an OAuth client gets a code only after the second step', async () => {
  const user = await stage.system.asUser();
  const { app } = await enrolUser(stage.system, user);
  const client = await stage.register({ type: 'public' });
  const browser = Browser.open(stage.system);
  const page = await browser.follow(stage.authorization(client.clientId, makePkce()));
  expect(page.pathname).toBe('/sign-in');
  const oauth = { oauth_query: page.search.slice(1) };

  const credentials = { email: user.email, password: PASSWORD, ...oauth };
  const first = await browser.post('/sign-in/email', credentials);
  expect(await first.json()).toEqual({ twoFactorRedirect: true, twoFactorMethods: ['totp'] });
  const early = await browser.follow(stage.authorization(client.clientId, makePkce()));
  expect(early.pathname).toBe('/sign-in');

  const second = await browser.post('/two-factor/verify-totp', { code: app.code(1), ...oauth });
  const next = new URL(((await second.json()) as { url: string }).url);
  expect(next.pathname).toBe('/consent');
  const callback = await browser.answerConsent(next, {});
  expect(callback.href.startsWith(`${REDIRECT_URI}?code=`)).toBe(true);
});
