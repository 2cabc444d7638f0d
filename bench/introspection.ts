import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './common/benchmark';
import { Gatehouse } from './system/gatehouse';
import { runLoad } from './system/http-load';
import { HOST, type ServerProcess } from './system/server-process';
import { withClient } from './system/users';

interface Plan {
  rounds: number;
  connections: number;
  milliseconds: number;
  tokens: number;
}

const FULL: Plan = { rounds: 5, connections: 32, milliseconds: 2_000, tokens: 5_000 };
const SMOKE: Plan = { rounds: 1, connections: 4, milliseconds: 100, tokens: 20 };

const AUDIENCE = 'https://orders.example.com';
const SCOPE = 'orders:read';

/** PostgreSQL counts the transactions of a connection at most once in a second. */
const COUNTING_MS = 1_500;

/** Introspections of known tokens by a resource server (RFC 7662), and the transactions beside them. */
export const introspectionBenchmark: Benchmark = {
  name: 'introspection',
  async run(print, { isSmoke }) {
    const plan = isSmoke ? SMOKE : FULL;
    const gatehouse = await Gatehouse.start({ users: plan.tokens });
    try {
      const api = await gatehouse.startApi({ name: 'API' });
      const requests = await makeRequests(gatehouse, { api, tokens: plan.tokens });
      const load = { host: HOST, port: api.port, status: 200, requests, ...plan };
      // Afterwards every token is known.
      await runLoad({ ...load, atLeast: requests.length });
      print(`${requests.length} tokens in as many sessions, ${plan.connections} connections`);
      for (let round = 1; round <= plan.rounds; round += 1) {
        const before = await countTransactions(gatehouse);
        const { answers, seconds, p50, p99 } = await runLoad(load);
        const transactions = (await countTransactions(gatehouse)) - before;
        print(
          `round ${round}: ${(answers / seconds).toFixed(0)} a second, p50 ${p50} µs, p99 ${p99} µs, ` +
            `${answers} answers, ${transactions} transactions of all processes`,
        );
      }
    } finally {
      await gatehouse.stop();
    }
  },
};

/** As a resource server sends them, each about another token. */
async function makeRequests(
  gatehouse: Gatehouse,
  { api, tokens: count }: { api: ServerProcess; tokens: number },
): Promise<Buffer[]> {
  const { administrator } = await gatehouse.makeTokens(0);
  const create = async <Shape>(path: string, body: object): Promise<Shape> => {
    const response = await fetch(`${api.url}/api/v1/admin/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${administrator}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.status !== 201) throw new Error(await response.text());
    return (await response.json()) as Shape;
  };
  type Client = { clientId: string; clientSecret: string };
  const machine = { type: 'machine', scopes: ['access-events:read'] };
  const server = await create<Client>('clients', { name: 'Orders', ...machine });
  const scopes = [{ name: SCOPE, description: 'see your orders' }];
  const clients = [server.clientId];
  await create('resources', { identifier: AUDIENCE, name: 'Orders', scopes, clients });
  const app = { name: 'App', type: 'public', redirectUris: ['https://app.example.com/callback'] };
  const { clientId } = await create<Client>('clients', { ...app, scopes: ['openid', SCOPE] });
  const grant = { clientId, scope: SCOPE, audience: AUDIENCE };
  const tokens = await gatehouse.makeGrants(count, grant);
  await assertActive(tokens[0]!, { api, by: server });
  return tokens.map((token) => toRequest(token, server));
}

interface Asking {
  api: ServerProcess;
  by: { clientId: string; clientSecret: string };
}

/** The status alone does not tell. */
async function assertActive(token: string, { api, by }: Asking): Promise<void> {
  const response = await fetch(`${api.url}/api/auth/oauth2/introspect`, {
    method: 'POST',
    headers: { authorization: `Basic ${toCredentials(by)}` },
    body: new URLSearchParams({ token }),
  });
  const report = (await response.json()) as { active?: boolean };
  if (report.active !== true) throw new Error(`not active: ${JSON.stringify(report)}`);
}

function toCredentials({ clientId, clientSecret }: Asking['by']): string {
  return Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
}

function toRequest(token: string, by: Asking['by']): Buffer {
  const text = `token=${token}`;
  const lines = [
    'POST /api/auth/oauth2/introspect HTTP/1.1',
    'Host: 127.0.0.1',
    `Authorization: Basic ${toCredentials(by)}`,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${text.length}`,
    'Connection: keep-alive',
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${text}`);
}

async function countTransactions({ databaseUrl }: Gatehouse): Promise<number> {
  await sleep(COUNTING_MS);
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query<{ count: number }>(
      `SELECT (xact_commit + xact_rollback)::float8 AS count FROM pg_stat_database
        WHERE datname = current_database()`,
    ),
  );
  return rows[0]!.count;
}
