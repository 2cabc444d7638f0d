import { Client } from 'pg';
import { type Processes, startProcesses } from './processes';
import { modeOf } from '../live-access/readiness';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { RestartablePostgres } from '../support/servers/restartable-postgres';
import { TcpProxy } from '../support/servers/tcp-proxy';

interface SignedIn {
  user: { id: string };
  accessToken: string;
  refreshToken: string;
}

const SESSIONS = '/api/v1/users/me/sessions';
const GET_SESSION = '/api/auth/get-session';
const PASSWORD = 'correct horse battery staple';

/** Connections of both processes to a server. */
const COUNT_CONNECTIONS = `
  SELECT count(*)::int AS count FROM pg_stat_activity
   WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;

let primary: RestartablePostgres;
let standby: RestartablePostgres;
let address: TcpProxy;
let processes: Processes;
let atPrimary: Client;
let atStandby: Client;
let kept: SignedIn;
let banned: SignedIn;

async function connect({ url }: RestartablePostgres): Promise<Client> {
  const client = new Client(url);
  await client.connect();
  return client;
}

async function signUp(name: string): Promise<SignedIn> {
  const given = { email: `${name}@example.com`, name, password: PASSWORD };
  const caller = new Caller(processes.api.url);
  const { status, body } = await caller.post<SignedIn>('/api/v1/auth/sign-up', given);
  expect(status).toBe(201);
  return body;
}

async function statusOf({ accessToken }: SignedIn): Promise<number> {
  return (await new Caller(processes.api.url, accessToken).get('/api/v1/users/me')).status;
}

/** Whether the auth server accepts the session. */
async function hasSession({ refreshToken }: SignedIn): Promise<boolean> {
  const caller = new Caller(processes.auth.url, refreshToken);
  const { status, body } = await caller.get<object | null>(GET_SESSION);
  if (status !== 200) throw new Error(`answers ${status}`);
  return body !== null;
}

/** The statuses of a request that reads, at both processes. */
async function readFromBoth(): Promise<number[]> {
  const api = new Caller(processes.api.url, kept.accessToken);
  const auth = new Caller(processes.auth.url, kept.refreshToken);
  const answers = await Promise.all([api.get(SESSIONS), auth.get(GET_SESSION)]);
  return answers.map(({ status }) => status);
}

/** Keeps the connections of both processes in use: a pool closes an idle one after ten seconds. */
class Readers {
  private isStopping = false;
  private readonly finished: Promise<unknown>;

  constructor() {
    this.finished = Promise.all(Array.from({ length: 4 }, () => this.read()));
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.finished;
  }

  private async read(): Promise<void> {
    while (!this.isStopping) await readFromBoth();
  }
}

beforeAll(async () => {
  primary = await RestartablePostgres.start();
  standby = await primary.startStandby();
  address = await TcpProxy.before(primary.url);
  processes = await startProcesses(address.via(primary.url));
  [atPrimary, atStandby] = [await connect(primary), await connect(standby)];
  [kept, banned] = [await signUp('kept'), await signUp('banned')];
});

afterAll(async () => {
  await processes.api.stop();
  await processes.auth.stop();
  await Promise.all([atPrimary.end(), atStandby.end(), address.cut()]);
  await Promise.all([primary.stop(), standby.stop()]);
});

/**
 * The address of the database leads to the standby; the former primary keeps its connections, also
 * those that were opened after it had become read-only.
 */
async function failOver(): Promise<void> {
  await eventually(async () => {
    const { rowCount } = await atStandby.query('SELECT FROM session WHERE user_id = $1', [
      banned.user.id,
    ]);
    expect(rowCount).toBe(1);
  });
  await atPrimary.query('ALTER SYSTEM SET default_transaction_read_only = on');
  await atPrimary.query('SELECT pg_reload_conf()');
  // Before the address leads to the standby, too. Only the API writes.
  await eventually(async () => {
    const statuses = await Promise.all([1, 2, 3, 4].map(readFromBoth));
    expect(statuses.flat()).toEqual([503, 503, 503, 503, 503, 503, 503, 503]);
  });
  address.moveTo(standby.url);
  await atStandby.query('SELECT pg_promote()');
}

describe('after a failover to a standby, while the former primary answers and is read-only', () => {
  let readers: Readers;

  beforeAll(() => {
    readers = new Readers();
  });

  afterAll(() => readers.stop());

  it('a session that has ended on the new primary is refused by both processes', async () => {
    await eventually(async () => expect(await modeOf(processes.api.url)).toBe('live'));
    expect([await statusOf(kept), await statusOf(banned)]).toEqual([200, 200]);
    await failOver();
    await atStandby.query('DELETE FROM session WHERE user_id = $1', [banned.user.id]);
    await eventually(async () => expect(await statusOf(banned)).toBe(401));
    await eventually(async () => expect(await hasSession(banned)).toBe(false));
    expect(await statusOf(kept)).toBe(200);
    await eventually(async () => expect(await hasSession(kept)).toBe(true));
  });

  it('both processes leave the former primary, write to the new one and hear its changes', async () => {
    await eventually(async () => {
      const { rows } = await atPrimary.query<{ count: number }>(COUNT_CONNECTIONS);
      expect(rows[0]!.count).toBe(0);
    });
    await eventually(async () => {
      await signUp(`later-${Date.now()}`);
    });
    await eventually(async () => expect(await modeOf(processes.api.url)).toBe('live'));
    await eventually(async () => {
      expect(await Promise.all([processes.api.isReady(), processes.auth.isReady()])).toEqual([
        true,
        true,
      ]);
    });
  });
});
