import { Pool } from 'pg';
import {
  CLIENT_ASSERTION_CLEANUP,
  REFRESH_TOKEN_CLEANUP,
} from '../../auth-server/oauth/token-cleanup';
import { deleteBatches, transactionsOf } from '../../runtime/jobs/cleanup';
import { OAuthStage } from './stage';

let stage: OAuthStage;
let pool: Pool;

beforeAll(async () => {
  stage = await OAuthStage.start();
  pool = new Pool({ connectionString: stage.system.database.url });
});

afterAll(async () => {
  await pool.end();
  await stage.system.stop();
});

function change(userId: string, sql: string): Promise<object[]> {
  return stage.system.query(sql, [userId]);
}

describe('refresh tokens are removed', () => {
  it.each([
    [
      'after their time',
      `UPDATE oauth_refresh_token SET expires_at = now() - interval '1 s' WHERE user_id = $1`,
    ],
    ['of a former grant', 'UPDATE oauth_refresh_token SET session_id = NULL WHERE user_id = $1'],
  ])('%s, and no others', async (_title, sql) => {
    const client = await stage.register({ type: 'public' });
    const [one, another] = [await stage.user(), await stage.user()];
    const tokens = await stage.tokens(client, another.browser);
    await stage.tokens(client, one.browser);
    await stage.refresh(client, tokens.refresh_token);
    await change(one.user.id, sql);
    const inTransaction = transactionsOf(pool);
    expect(await deleteBatches(REFRESH_TOKEN_CLEANUP, { inTransaction })).toBe(1);
    // A used one stays, so that its second use is detected.
    const left = await stage.system.query<{ user_id: string }>(
      'SELECT user_id FROM oauth_refresh_token WHERE client_id = $1',
      [client.clientId],
    );
    expect(left.map((row) => row.user_id)).toEqual([another.user.id, another.user.id]);
  });
});

it('marks of used client assertions are removed after their time', async () => {
  await stage.system.query(
    `INSERT INTO oauth_client_assertion (id, expires_at)
     VALUES ('old', now() - interval '2 min'), ('new', now() + interval '1 min')`,
  );
  const inTransaction = transactionsOf(pool);
  expect(await deleteBatches(CLIENT_ASSERTION_CLEANUP, { inTransaction })).toBe(1);
  const left = await stage.system.query('SELECT id FROM oauth_client_assertion');
  expect(left).toEqual([{ id: 'new' }]);
});
