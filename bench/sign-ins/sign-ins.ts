import { setTimeout as sleep } from 'node:timers/promises';
import { type Accounts, createAccounts } from './accounts';
import { signAlone, verifyAlone } from './alone';
import type { Benchmark } from '../common/benchmark';
import { type Goal, renderGoals } from '../common/goals';
import { Gatehouse } from '../system/gatehouse';
import { runLoad } from '../system/http-load';
import { postgresUsage } from '../system/postgres-usage';
import { HOST, type ServerProcess } from '../system/server-process';

interface Plan {
  rounds: number;
  connections: number;
  milliseconds: number;
  accounts: number;
}

const FULL: Plan = { rounds: 7, connections: 16, milliseconds: 2_000, accounts: 400 };
const SMOKE: Plan = { rounds: 1, connections: 4, milliseconds: 100, accounts: 8 };

const PAUSE_MS = 50;

/** Sign-ins and refreshes a second through the API, beside hashing and signing alone. */
export const signInsBenchmark: Benchmark = {
  name: 'sign-ins',
  async run(print, { isSmoke }) {
    const plan = isSmoke ? SMOKE : FULL;
    const gatehouse = await Gatehouse.start({ users: plan.accounts });
    try {
      const contest = await prepare(gatehouse, plan);
      print(`medians of ${plan.rounds} rounds of ${plan.milliseconds} ms, in turns`);
      const samples = await takeRounds(contest, plan);
      for (const [name, list] of samples) print(renderSamples(name, list));
      for (const line of renderGoals(goalsOf(samples))) print(line);
    } finally {
      await gatehouse.stop();
    }
  },
};

/** Operations a second, and the CPU time for one, in microseconds. */
interface Sample {
  rate: number;
  /** Of all processes. */
  cpu: number;
  api?: number;
  authServer?: number;
  postgres?: number;
}

type Round = (milliseconds: number) => Promise<Sample>;

const NAMES = {
  hash: 'argon2id alone',
  signIn: 'sign-in',
  signature: 'RS256 alone',
  refresh: 'refresh',
} as const;

async function prepare(gatehouse: Gatehouse, plan: Plan): Promise<Map<string, Round>> {
  const api = await gatehouse.startApi({ name: 'API' });
  const accounts = await createAccounts(gatehouse.databaseUrl, plan.accounts);
  const signIns = accounts.emails.map((email) =>
    toPost('/api/v1/auth/sign-in', { email, password: accounts.password }),
  );
  const refreshes = await readRefreshTokens(api, accounts);
  const load = { gatehouse, api, connections: plan.connections };
  return new Map<string, Round>([
    [NAMES.hash, (milliseconds) => verifyAlone(accounts, milliseconds)],
    [NAMES.signIn, (milliseconds) => measure({ ...load, requests: signIns, milliseconds })],
    [NAMES.signature, signAlone],
    [NAMES.refresh, (milliseconds) => measure({ ...load, requests: refreshes, milliseconds })],
  ]);
}

/** Requests for a new access token, of the sessions of some accounts. */
async function readRefreshTokens(api: ServerProcess, accounts: Accounts): Promise<Buffer[]> {
  const requests: Buffer[] = [];
  for (const email of accounts.emails.slice(0, 50)) {
    const response = await fetch(`${api.url}/api/v1/auth/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: accounts.password }),
    });
    if (response.status !== 200) throw new Error(await response.text());
    const { refreshToken } = (await response.json()) as { refreshToken: string };
    requests.push(toPost('/api/v1/auth/refresh', { refreshToken }));
  }
  return requests;
}

function toPost(path: string, body: object): Buffer {
  const text = JSON.stringify(body);
  const lines = [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Accept: application/json',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: keep-alive',
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${text}`);
}

interface Load {
  gatehouse: Gatehouse;
  api: ServerProcess;
  requests: Buffer[];
  connections: number;
  milliseconds: number;
}

async function measure({ gatehouse, api, ...load }: Load): Promise<Sample> {
  const before = await usageOf(gatehouse, api);
  const { answers, seconds } = await runLoad({ host: HOST, port: api.port, status: 200, ...load });
  const after = await usageOf(gatehouse, api);
  const perAnswer = (key: keyof typeof before) => (after[key] - before[key]) / answers;
  const [own, authServer] = [perAnswer('api'), perAnswer('authServer')];
  const postgres = perAnswer('postgres');
  const cpu = own + authServer + postgres;
  return { rate: answers / seconds, cpu, api: own, authServer, postgres };
}

async function usageOf({ authServer, postgresPid }: Gatehouse, api: ServerProcess) {
  const [own, other] = await Promise.all([api.usage(), authServer.usage()]);
  return { api: own.cpu, authServer: other.cpu, postgres: postgresUsage(postgresPid) };
}

async function takeRounds(contest: Map<string, Round>, plan: Plan): Promise<Map<string, Sample[]>> {
  const samples = new Map([...contest.keys()].map((name): [string, Sample[]] => [name, []]));
  // The first round is a warm-up.
  for (let round = 0; round <= plan.rounds; round += 1) {
    for (const [name, run] of contest) {
      const sample = await run(plan.milliseconds);
      if (round > 0) samples.get(name)!.push(sample);
      await sleep(PAUSE_MS);
    }
  }
  return samples;
}

function renderSamples(name: string, list: Sample[]): string {
  const figure = (key: keyof Sample) => medianOf(list, key).toFixed(0);
  const all = `${name}: ${figure('rate')} a second, CPU µs ${figure('cpu')}`;
  if (list[0]?.api === undefined) return all;
  const parts = `API ${figure('api')}, auth server ${figure('authServer')}`;
  return `${all} (${parts}, PostgreSQL ${figure('postgres')})`;
}

function goalsOf(samples: Map<string, Sample[]>): Goal[] {
  const of = (name: string, key: keyof Sample) => medianOf(samples.get(name)!, key);
  const ratios = (measured: string, alone: string) => ({
    ratio: of(measured, 'rate') / of(alone, 'rate'),
    note: `by CPU time ${(of(alone, 'cpu') / of(measured, 'cpu')).toFixed(2)}`,
  });
  return [
    {
      what: 'sign-ins against argon2id alone',
      ...ratios(NAMES.signIn, NAMES.hash),
      atLeast: 0.8,
    },
    {
      what: 'refreshes against RS256 alone',
      ...ratios(NAMES.refresh, NAMES.signature),
      atLeast: 0.6,
    },
  ];
}

function medianOf(list: readonly Sample[], key: keyof Sample): number {
  const sorted = list.map((sample) => sample[key] ?? NaN).sort((a, b) => a - b);
  return sorted.at(sorted.length >> 1) ?? NaN;
}
