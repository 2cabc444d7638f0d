import { eventually, modeOf } from './readiness';
import { OAuthStage } from '../oauth/stage';
import { Caller } from '../support/caller';
import { PostgresWire } from '../support/servers/postgres-wire';
import { ReplicaProcess } from '../support/processes/replica-process';

let stage: OAuthStage;
let wire: PostgresWire;
/** Tokens of a service account, and of a client that acts for a user. */
const tokens: Record<string, string> = {};

beforeAll(async () => {
  stage = await OAuthStage.start();
  wire = await PostgresWire.before(stage.system.settings.databaseUrl);
  const serviceAccount = await stage.register({ type: 'machine' });
  const client = await stage.register({ type: 'public' });
  const { browser } = await stage.user();
  tokens['service account'] = (await stage.serviceAccountToken(serviceAccount)).body.access_token;
  tokens['client of a user'] = (await stage.tokens(client, browser)).access_token;
});

afterAll(async () => {
  await wire.close();
  await stage.system.stop();
});

/** A replica whose statements are recorded, except those of its listening connection. */
function startReplica(mode: string): Promise<ReplicaProcess> {
  const databaseUrl = wire.via(stage.system.settings.databaseUrl);
  const settings = { ...stage.system.settings, databaseUrl };
  return ReplicaProcess.start({ settings, env: { ACCESS_CHECK: mode } });
}

/** Periodic statements: proofs, withdrawn keys, clean-up. */
const BY_TIME =
  /^\s*(?:START TRANSACTION|COMMIT|ROLLBACK|DELETE)|advisory|pg_notify|FROM jwks|audit_|idempotency/;

/** Statements of ten requests that are authorized, and then refused without a query. */
async function statementsOf(replica: ReplicaProcess, token: string): Promise<string[]> {
  const from = wire.statements.length;
  for (let times = 0; times < 10; times += 1) {
    const { status } = await new Caller(replica.url, token).post('/api/v1/auth/sign-out');
    if (status !== 403) throw new Error(`answers ${status}`);
  }
  return wire.statements.slice(from).filter((text) => !BY_TIME.test(text));
}

describe.each(['service account', 'client of a user'])('a request of a %s', (kind) => {
  it.each([
    ['live', 0],
    ['strict', 10],
    ['token', 0],
  ])('costs in %s mode, once it is known, %i queries for ten', async (mode, count) => {
    const replica = await startReplica(mode);
    try {
      if (mode === 'live') {
        await eventually(() => modeOf(replica.url), 'live');
        const first = await statementsOf(replica, tokens[kind]!);
        expect(first).toHaveLength(1);
        expect(first[0]).toContain('oauth_client');
      }
      expect(await statementsOf(replica, tokens[kind]!)).toHaveLength(count);
    } finally {
      await replica.stop();
    }
  });
});
