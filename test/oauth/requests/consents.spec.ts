import { Browser } from '../browser';
import { makePkce, OAuthStage, type TokenAnswer } from '../stage';
import type { NewClient } from '../../../src/admin/clients/clients.schemas';
import type { SignedInUser } from '../../support/system';

let stage: OAuthStage;
let client: NewClient;
let user: SignedInUser;
let browser: Browser;

beforeAll(async () => {
  stage = await OAuthStage.start();
});

beforeEach(async () => {
  client = await stage.register({ type: 'public', scopes: SCOPES });
  ({ user, browser } = await stage.user());
});

afterAll(() => stage.system.stop());

const SCOPES = ['openid', 'profile', 'email', 'offline_access', 'users:read'];

const ask = (scope: string) => stage.authorization(client.clientId, makePkce(), { scope });

const storedConsents = () =>
  stage.system.query<{ scopes: string[]; resources: string[] }>(
    'SELECT scopes, resources FROM oauth_consent WHERE user_id = $1 AND client_id = $2',
    [user.id, client.clientId],
  );

const readProfile = ({ access_token: token }: TokenAnswer['body']) =>
  fetch(`${stage.system.settings.authUrl}/api/auth/oauth2/userinfo`, {
    headers: { authorization: `Bearer ${token}` },
  });

describe('a consent to other scopes', () => {
  it('leaves the grants of other devices, and is asked for once', async () => {
    const first = await stage.tokens(client, browser, { scope: 'openid offline_access' });
    const elsewhere = await Browser.signedIn(stage.system, user.email);
    const second = await stage.tokens(client, elsewhere, { scope: 'openid email' });
    expect(second.scope.split(' ').toSorted()).toEqual(['email', 'openid']);
    expect((await readProfile(first)).status).toBe(200);
    expect((await stage.refresh(client, first.refresh_token)).status).toBe(200);
    for (const scope of ['openid offline_access', 'openid email', 'openid email offline_access']) {
      const callback = await browser.follow(ask(scope));
      expect([scope, callback.searchParams.has('code')]).toEqual([scope, true]);
    }
    const next = await browser.follow(ask('openid users:read'));
    expect(next.pathname).toBe('/consent');
  });

  it.each([[true], [false]])(
    'at the same time adds both, with an earlier one: %s',
    async (isExtended) => {
      if (isExtended) await browser.authorize(ask('openid'));
      const asked = ['openid profile', 'openid email', 'openid users:read'];
      const pages = await Promise.all(asked.map((scope) => browser.follow(ask(scope))));
      const answers = await Promise.all(pages.map((page) => browser.answerConsent(page, {})));
      expect(answers.map(({ searchParams }) => searchParams.has('code'))).toEqual(
        asked.map(() => true),
      );
      const [consent, ...others] = await storedConsents();
      expect(others).toEqual([]);
      expect(consent!.scopes.toSorted()).toEqual(['email', 'openid', 'profile', 'users:read']);
      expect(consent!.resources).toEqual([stage.audience]);
    },
  );

  it('takes away the scopes of the request that the user does not accept', async () => {
    const { refresh_token: token } = await stage.tokens(client, browser, {
      scope: 'openid email profile offline_access',
    });
    const page = await browser.follow(
      stage.authorization(client.clientId, makePkce(), {
        scope: 'openid email',
        prompt: 'consent',
      }),
    );
    await browser.answerConsent(page, { scope: 'openid' });
    const [consent] = await storedConsents();
    expect(consent!.scopes.toSorted()).toEqual(['offline_access', 'openid', 'profile']);
    expect((await stage.refresh(client, token)).status).toBe(400);
  });
});

it('a scope that is removed from the client is refused at a renewal that names it, and the grant stays', async () => {
  const scope = 'openid email offline_access';
  const { refresh_token: token } = await stage.tokens(client, browser, { scope });
  await stage.change(client.clientId, { scopes: ['openid', 'offline_access'] });
  const refused = await stage.refresh(client, token, { scope });
  expect([refused.status, refused.body.error]).toEqual([400, 'invalid_scope']);
  const { status, body } = await stage.refresh(client, token);
  expect([status, body.scope]).toEqual([200, 'openid offline_access']);
});
