import type { Browser } from '../browser';
import { makePkce, OAuthStage, REDIRECT_URI } from '../stage';
import type { NewClient } from '../../../src/admin/clients/clients.schemas';

let stage: OAuthStage;
let client: NewClient;
let userId: string;
let browser: Browser;

beforeAll(async () => {
  stage = await OAuthStage.start();
  client = await stage.register({ type: 'public' });
});

beforeEach(async () => {
  const signedIn = await stage.user();
  userId = signedIn.user.id;
  browser = signedIn.browser;
});

afterAll(() => stage.system.stop());

/** The next request with a session of the user extends the session. */
const makeDue = () =>
  stage.system.query(
    `UPDATE session SET expires_at = expires_at - interval '25 hours' WHERE user_id = $1`,
    [userId],
  );

const authorization = (changes = {}) => stage.authorization(client.clientId, makePkce(), changes);

describe('on a session that the request extends', () => {
  it.each(['login', 'select_account'])('prompt=%s leads to the sign-in page', async (prompt) => {
    await makeDue();
    expect((await browser.follow(authorization({ prompt }))).pathname).toBe('/sign-in');
  });

  it('an authorization makes one code, and extends the session', async () => {
    await browser.authorize(authorization());
    await makeDue();
    const callback = await browser.follow(authorization());
    expect(callback.searchParams.get('code')).not.toBeNull();
    const rows = await stage.system.query(
      `SELECT (SELECT count(*)::int FROM verification
                WHERE value LIKE '%"authorization_code"%' AND value LIKE '%' || $1 || '%') AS codes,
              (SELECT count(*)::int FROM session
                WHERE user_id = $1 AND expires_at > now() + interval '6 days 1 hour') AS extended`,
      [userId],
    );
    // The first code is of the consent.
    expect(rows).toEqual([{ codes: 2, extended: 1 }]);
  });

  it('a denied consent leads to the client', async () => {
    const page = await browser.follow(authorization());
    expect(page.pathname).toBe('/consent');
    await makeDue();
    const answer = await browser.answerConsent(page, false);
    expect(answer.href.startsWith(REDIRECT_URI)).toBe(true);
    expect(answer.searchParams.get('error')).toBe('access_denied');
  });

  it('another endpoint does not continue the authorization', async () => {
    const page = await browser.follow(authorization({ prompt: 'login' }));
    await makeDue();
    const change = { name: 'Ada', oauth_query: page.search.slice(1) };
    expect(await (await browser.post('/update-user', change)).json()).toEqual({ status: true });
  });
});
