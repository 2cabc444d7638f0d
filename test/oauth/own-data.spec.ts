import type { NewClient } from '../../src/admin/clients/clients.schemas';
import type { UserExport } from '../../src/users/me/me.schemas';
import type { SignedInUser } from '../support/system';
import { OAuthStage } from './stage';

let stage: OAuthStage;
let client: NewClient;
let ada: SignedInUser;
/** Two, of which the first is used. */
let refreshTokens: string[];

beforeAll(async () => {
  stage = await OAuthStage.start();
  client = await stage.register({ type: 'public', name: 'Diary' });
  const { user, browser } = await stage.user();
  ada = user;
  const { refresh_token: first } = await stage.tokens(client, browser);
  const { body } = await stage.refresh(client, first);
  refreshTokens = [first, body.refresh_token];
});

afterAll(() => stage.system.stop());

describe("a user's grants to OAuth clients", () => {
  it('are in the export, without the tokens', async () => {
    const { status, body } = await ada.caller.get<UserExport>('/api/v1/users/me/export');
    expect(status).toBe(200);
    const { clientId } = client;
    const scopes = ['openid', 'profile', 'email', 'offline_access'];
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    const [consent] = body.grants;
    expect(body.grants).toEqual([
      { clientId, name: 'Diary', scopes: expect.any(Array), createdAt: time, updatedAt: time },
    ]);
    expect(consent!.scopes.toSorted()).toEqual(scopes.toSorted());
    // Both can have the same second, and either order.
    const revoked = body.clientTokens.map(({ revokedAt }) => revokedAt);
    expect(revoked).toEqual(expect.arrayContaining([time, null]));
    expect(revoked).toHaveLength(2);
    for (const token of body.clientTokens) {
      expect(token).toMatchObject({ clientId, sessionId: expect.any(String), expiresAt: time });
    }
    const rows = await stage.system.query<{ token: string }>(
      'SELECT token FROM oauth_refresh_token WHERE user_id = $1',
      [ada.id],
    );
    expect(rows).toHaveLength(2);
    const secrets = [...refreshTokens, ...rows.map(({ token }) => token)];
    for (const secret of secrets) expect(JSON.stringify(body)).not.toContain(secret);
  });

  it('are deleted with the user, and the client stays', async () => {
    expect((await ada.caller.delete('/api/v1/users/me')).status).toBe(204);
    const left = await stage.system.query(
      `SELECT id FROM oauth_consent WHERE user_id = $1
       UNION ALL SELECT id FROM oauth_refresh_token WHERE user_id = $1
       UNION ALL SELECT id FROM oauth_access_token WHERE user_id = $1`,
      [ada.id],
    );
    expect(left).toEqual([]);
    expect((await stage.refresh(client, refreshTokens[1]!)).status).toBe(400);
    const answer = await stage.clients.get(`/api/v1/admin/clients/${client.clientId}`);
    expect(answer.status).toBe(200);
  });
});
