import { Client as PgClient } from 'pg';
import type { NewClient } from '../../../src/admin/clients/clients.schemas';
import type { Browser } from '../browser';
import { type Code, OAuthStage } from '../stage';
import { Caller } from '../../support/caller';
import { asserting, ClientKeyPair } from '../../support/client/client-keys';
import { eventually } from '../../support/eventually';
import { changeDuring, HOLD_UP } from '../../support/servers/held-up-session';

let stage: OAuthStage;
let client: NewClient;
let browser: Browser;
let holder: PgClient;

beforeAll(async () => {
  stage = await OAuthStage.start();
  holder = new PgClient(stage.system.database.url);
  await holder.connect();
  await holder.query(HOLD_UP);
  client = await stage.register({ type: 'public' });
});

beforeEach(async () => {
  ({ browser } = await stage.user());
});

afterAll(async () => {
  await holder.end();
  await stage.system.stop();
});

/** Without `offline_access` there is no refresh token. */
const WITHOUT_RENEWAL = { scope: 'openid profile' };

async function expectRefusal(of: Promise<{ status: number; body: object }>): Promise<void> {
  const { status, body } = await of;
  expect([status, body]).toMatchObject([400, { error: 'invalid_grant' }]);
}

async function statusWith(token: string): Promise<number> {
  return (await new Caller(stage.system.apiUrl, token).get('/api/v1/users/me')).status;
}

async function countGrants(): Promise<number[]> {
  const [row] = await stage.system.query<{ grants: number; tokens: number }>(
    `SELECT (SELECT count(*)::int FROM oauth_grant WHERE client_id = $1) AS grants,
            (SELECT count(*)::int FROM oauth_refresh_token WHERE client_id = $1) AS tokens`,
    [client.clientId],
  );
  return [row!.grants, row!.tokens];
}

/** The exchange waits to insert into the table while `change` runs. */
async function exchangeDuring(table: string, code: Code, change: () => Promise<unknown>) {
  await holder.query(`CREATE TRIGGER a_hold_up BEFORE INSERT ON ${table}
    FOR EACH ROW EXECUTE FUNCTION hold_up()`);
  try {
    return await changeDuring({ holder, request: () => stage.exchange(client, code), change });
  } finally {
    await holder.query(`DROP TRIGGER a_hold_up ON ${table}`);
  }
}

describe('the second use of a code', () => {
  it.each([
    ['with a refresh token', {}],
    ['without a refresh token', WITHOUT_RENEWAL],
  ])('after the first one ends an access token %s', async (_title, changes) => {
    const code = await stage.code(client, browser, changes);
    const { access_token: token } = (await stage.exchange(client, code)).body;
    expect(await statusWith(token)).toBe(200);
    await expectRefusal(stage.exchange(client, code));
    await eventually(async () => expect(await statusWith(token)).toBe(401));
    expect(await countGrants()).toEqual([0, 0]);
  });

  it.each(['oauth_grant', 'oauth_refresh_token'])(
    'while the first one inserts into %s refuses both',
    async (table) => {
      const code = await stage.code(client, browser);
      const first = exchangeDuring(table, code, () => expectRefusal(stage.exchange(client, code)));
      await expectRefusal(first);
      expect(await countGrants()).toEqual([0, 0]);
    },
  );

  it('refuses both also when a third request begins the grant again', async () => {
    const code = await stage.code(client, browser);
    const other = await stage.code(client, browser, WITHOUT_RENEWAL);
    const first = exchangeDuring('oauth_refresh_token', code, async () => {
      await expectRefusal(stage.exchange(client, code));
      expect((await stage.exchange(client, other)).status).toBe(200);
    });
    await expectRefusal(first);
    expect(await countGrants()).toEqual([0, 0]);
  });

  it('in parallel leaves no grant and no token', async () => {
    const code = await stage.code(client, browser);
    const uses = Array.from({ length: 8 }, () => stage.exchange(client, code));
    const answers = await Promise.all(uses);
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(await countGrants()).toEqual([0, 0]);
  });
});

it('a used code ends the grant of a client with a secret or keys by that client alone', async () => {
  const pair = await ClientKeyPair.make();
  const bySecret = await stage.register({ type: 'confidential' });
  const byKeys = await stage.register({ type: 'confidential', jwks: pair.jwks });
  const prove = async ({ clientId }: NewClient) =>
    asserting(await pair.sign(clientId, stage.issuer));
  for (const owner of [bySecret, byKeys]) {
    const exchange = async (code: Code) =>
      stage.exchange(owner, code, owner === byKeys ? await prove(owner) : {});
    const code = await stage.code(owner, browser);
    const { access_token: token } = (await exchange(code)).body;
    const { clientId } = owner;
    const nameOnly: NewClient = { ...owner, clientSecret: undefined };
    const unproved = await stage.exchange(nameOnly, code, { client_id: clientId });
    expect([clientId, unproved.body.error]).toEqual([clientId, 'invalid_client']);
    const guessed = await stage.exchange({ ...owner, clientSecret: 'guess' }, code);
    expect([clientId, guessed.body.error]).toEqual([clientId, 'invalid_client']);
    await expectRefusal(stage.exchange(client, code));
    expect(await statusWith(token)).toBe(200);
    await expectRefusal(exchange(code));
    await eventually(async () => expect(await statusWith(token)).toBe(401));
  }
});

it('a use that is refused ends no grant, and does not use the code up', async () => {
  const { access_token: token } = await stage.tokens(client, browser, WITHOUT_RENEWAL);
  const code = await stage.code(client, browser);
  await expectRefusal(stage.exchange(client, { ...code, verifier: 'x'.repeat(43) }));
  expect((await stage.exchange(client, code)).status).toBe(200);
  expect(await statusWith(token)).toBe(200);
  await expectRefusal(stage.exchange(client, code));
});

it('a code that is used once, and a made-up code, end no grant', async () => {
  const { access_token: token } = await stage.tokens(client, browser, WITHOUT_RENEWAL);
  const code = await stage.code(client, browser);
  await expectRefusal(stage.exchange(client, { ...code, code: 'made-up' }));
  expect((await stage.exchange(client, code)).status).toBe(200);
  expect(await statusWith(token)).toBe(200);
});
