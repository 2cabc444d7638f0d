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

it('the second step of an authorization request keeps the other sessions, and counts as a sign-in', async () => {
  const { system } = stage;
  const user = await system.asUser();
  const { app } = await enrolUser(system, user);
  const client = await stage.register({ type: 'public' });
  const browser = Browser.open(system);
  const page = await browser.follow(stage.authorization(client.clientId, makePkce()));
  const oauth = { oauth_query: page.search.slice(1) };
  await browser.post('/sign-in/email', { email: user.email, password: PASSWORD, ...oauth });
  await browser.post('/two-factor/verify-totp', { code: app.wrongCode(), ...oauth });
  await browser.post('/two-factor/verify-totp', { code: app.code(1), ...oauth });
  const rows = await system.query(
    `SELECT failed_verification_count AS wrong,
            (SELECT count(*)::int FROM session s WHERE s.user_id = f.user_id) AS sessions
       FROM two_factor f WHERE user_id = $1`,
    [user.id],
  );
  expect(rows).toEqual([{ wrong: 0, sessions: 2 }]);
  const mailbox = await fetch(`${system.settings.authUrl}/dev/mailbox`, {
    headers: { accept: 'application/json' },
  });
  const { items } = (await mailbox.json()) as { items: { to: string; subject: string }[] };
  const subjects = items.filter(({ to }) => to === user.email).map(({ subject }) => subject);
  expect(subjects.filter((subject) => subject.includes('switched on'))).toHaveLength(1);
});
