import { OAuthStage, type Payload, REDIRECT_URI } from '../oauth/stage';
import type { NewClient } from '../../src/admin/clients/clients.schemas';
import { kidOf } from '../token/cluster';

let stage: OAuthStage;
let client: NewClient;

beforeAll(async () => {
  stage = await OAuthStage.start();
  client = await stage.register({ type: 'confidential' });
});

afterAll(() => stage.system.stop());

const ask = async (endpoint: string, token: string) => {
  const answer = await stage.ask({ token }, { secretOf: client, endpoint });
  return [answer.status, answer.body as unknown as Payload] as const;
};

/** As `npm run keys:revoke`: the next request creates a key. */
async function withdraw(kid: string): Promise<void> {
  await stage.system.query('DELETE FROM jwks WHERE id = $1', [kid]);
}

describe('keys that are withdrawn in quick succession', () => {
  it('leave no time in which tokens of the new key are refused, or hints of the old key accepted', async () => {
    const kids: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { browser } = await stage.user();
      const tokens = await stage.tokens(client, browser);
      kids.push(kidOf(tokens.access_token));
      const headers = { authorization: `Bearer ${tokens.access_token}` };
      expect((await fetch(stage.at('userinfo'), { headers })).status).toBe(200);
      expect(await ask('introspect', tokens.access_token)).toMatchObject([200, { active: true }]);
      const { id_token } = await stage.tokens(client, browser);
      const signOut = stage.at('end-session', {
        id_token_hint: id_token,
        post_logout_redirect_uri: REDIRECT_URI,
      });
      expect((await browser.follow(signOut)).href).toBe(REDIRECT_URI);

      const other = await stage.user();
      const old = await stage.tokens(client, other.browser);
      await withdraw(kids.at(-1)!);
      expect(await ask('introspect', old.access_token)).toEqual([200, { active: false }]);
      expect(await ask('revoke', old.access_token)).toMatchObject([200, {}]);
      const hinted = stage.at('end-session', { id_token_hint: old.id_token });
      expect((await other.browser.read(hinted)).length).toBeGreaterThan(0);
      const session = await stage.system.query(
        `SELECT FROM session WHERE user_id = '${other.user.id}'`,
      );
      expect(session.length).toBeGreaterThan(0);
    }
    expect(new Set(kids).size).toBe(3);
  });
});
