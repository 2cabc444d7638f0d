import { addGrants } from './grants';
import { type Cost, measure, type Plan } from './measure';
import type { Benchmark } from '../common/benchmark';
import { PROFILE, USER_LIST } from '../requests/refusals';
import { toRequest } from '../requests/targets';
import { Gatehouse, type Tokens } from '../system/gatehouse';
import type { ServerProcess } from '../system/server-process';
import { withClient } from '../system/users';

interface Sizes {
  users: number[];
  sessions: number[];
  replicas: number[];
  /** Of each session: the clients that act for its user. */
  grants: number[];
  auditEvents: number;
  plan: Plan;
}

const FULL: Sizes = {
  users: [10_000, 100_000, 1_000_000],
  sessions: [1, 1_000, 20_000, 100_000],
  replicas: [1, 2, 4],
  grants: [0, 1, 10],
  auditEvents: 1_000_000,
  plan: { milliseconds: 2_000, warmUp: 5_000 },
};
const SMOKE: Sizes = {
  users: [100, 200],
  sessions: [1, 100],
  replicas: [1, 2],
  grants: [0, 2],
  auditEvents: 100,
  plan: { milliseconds: 100, warmUp: 10 },
};

type Print = (line: string) => void;

/** The CPU time of one request while the data, the sessions and the replicas grow. */
export const growthBenchmark: Benchmark = {
  name: 'growth',
  async run(print, { isSmoke }) {
    const sizes = isSmoke ? SMOKE : FULL;
    for (const users of sizes.users) await growUsers(users, { print, sizes });
  },
};

/** The last size also measures everything else. */
async function growUsers(users: number, { print, sizes }: { print: Print; sizes: Sizes }) {
  const gatehouse = await Gatehouse.start({ users });
  try {
    const isLast = users === sizes.users.at(-1);
    const count = isLast ? sizes.sessions.at(-1)! : 1;
    const stage = new Stage(gatehouse, await gatehouse.makeTokens(count), { print, sizes });
    await stage.readUsers(users);
    if (!isLast) return;
    await stage.readAuditEvents();
    await stage.useSessions();
    await stage.useReplicas();
    await stage.readGrants();
  } finally {
    await gatehouse.stop();
  }
}

class Stage {
  constructor(
    private readonly gatehouse: Gatehouse,
    private readonly tokens: Tokens,
    private readonly options: { print: Print; sizes: Sizes },
  ) {}

  async readUsers(users: number): Promise<void> {
    const api = await this.gatehouse.startApi({ name: `${users} users` });
    const { administrator } = this.tokens;
    const ids = await this.idsOf(Math.min(users, 2_000));
    await this.show(`${users} users, first page`, [api], [toRequest(USER_LIST, administrator)]);
    await this.show(
      `${users} users, random rows`,
      [api],
      ids.map((id) => toRequest(`/api/v1/admin/users/${id}`, administrator)),
    );
    await api.stop();
  }

  async readAuditEvents(): Promise<void> {
    const api = await this.gatehouse.startApi({ name: 'audit events' });
    const page = [toRequest('/api/v1/admin/audit-events?limit=50', this.tokens.administrator)];
    const { auditEvents } = this.options.sizes;
    await this.addAuditEvents(50);
    await this.show('50 audit events, first page', [api], page);
    await this.addAuditEvents(auditEvents);
    await this.show(`${auditEvents} audit events, first page`, [api], page);
    await api.stop();
  }

  async useSessions(): Promise<void> {
    for (const count of this.options.sizes.sessions) {
      const api = await this.gatehouse.startApi({ name: `${count} sessions` });
      await this.show(`${count} sessions in turn`, [api], this.profileRequests(count));
      await api.stop();
    }
  }

  async useReplicas(): Promise<void> {
    const replicas: ServerProcess[] = [];
    for (const count of this.options.sizes.replicas) {
      while (replicas.length < count) {
        replicas.push(await this.gatehouse.startApi({ name: `replica ${replicas.length + 1}` }));
      }
      await this.show(`${count} replicas, 100 sessions`, replicas, this.profileRequests(100));
    }
  }

  /** In `strict`, each request reads the session with its grants. All sessions have as many. */
  async readGrants(): Promise<void> {
    for (const count of this.options.sizes.grants) {
      const total = await addGrants(this.gatehouse.databaseUrl, count);
      const env = { ACCESS_CHECK: 'strict' };
      const api = await this.gatehouse.startApi({ name: `${total} grants`, env });
      const what = `strict, ${count} grants a session, ${total} in all`;
      await this.show(what, [api], this.profileRequests(2_000));
      await api.stop();
    }
  }

  private profileRequests(count: number): Buffer[] {
    return this.tokens.users.slice(0, count).map((token) => toRequest(PROFILE, token));
  }

  private async show(what: string, servers: ServerProcess[], requests: Buffer[]): Promise<void> {
    const { print, sizes } = this.options;
    const postgres = this.gatehouse.postgresPid;
    print(render(what, await measure({ servers, requests, postgres }, sizes.plan)));
  }

  private idsOf(count: number): Promise<string[]> {
    return withClient(this.gatehouse.databaseUrl, async (client) => {
      const text = 'SELECT id FROM "user" ORDER BY md5(id) LIMIT $1';
      const { rows } = await client.query<{ id: string }>(text, [count]);
      return rows.map(({ id }) => id);
    });
  }

  private addAuditEvents(count: number): Promise<unknown> {
    return withClient(this.gatehouse.databaseUrl, (client) =>
      client.query(
        `INSERT INTO audit_event (action, actor_type, actor_id, subject_type, subject_id)
         SELECT 'user.signed_in', 'user', md5(n::text), 'user', md5(n::text)
           FROM generate_series(1, $1::int) AS n`,
        [count],
      ),
    );
  }
}

function render(what: string, { api, postgres, memory }: Cost): string {
  const figures = `API ${api.toFixed(0)} µs, PostgreSQL ${postgres.toFixed(0)} µs`;
  return `${what.padEnd(46)} ${figures}, ${memory.toFixed(0)} MB`;
}
