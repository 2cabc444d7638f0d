import type { Benchmark } from './common/benchmark';
import { Gatehouse } from './system/gatehouse';
import { NODE_FLAGS } from '../launcher/services/service';
import type { Usage } from './system/probe';
import type { ServerProcess } from './system/server-process';

const REQUESTS = 10_000;
const AT_ONCE = 16;

/** One sign-in, and as many other requests of each kind. */
const OTHERS = 4;

/** Of each process, with the flags of the product. */
const MOST_RESIDENT = 300_000_000;

/** Resident memory of both processes after mixed requests. */
export const memoryBenchmark: Benchmark = {
  name: 'memory',
  async run(print, { isSmoke }) {
    const count = isSmoke ? 200 : REQUESTS;
    for (const flags of [[], NODE_FLAGS]) {
      print(`node ${flags.join(' ')}`);
      const residents = await measure({ print, count, flags });
      if (flags === NODE_FLAGS) compareWithGoal(print, Math.max(...residents));
    }
  },
};

interface Measurement {
  print: (line: string) => void;
  count: number;
  flags: readonly string[];
}

function compareWithGoal(print: (line: string) => void, resident: number): void {
  const isReached = resident <= MOST_RESIDENT;
  const outcome = isReached ? 'reached' : 'not reached';
  print(`goal: at most ${toMegabytes(MOST_RESIDENT)} MB resident in each process: ${outcome}`);
  if (!isReached) process.exitCode = 1;
}

/** @returns the resident memory of each process, in bytes. */
async function measure({ print, count, flags }: Measurement): Promise<number[]> {
  const gatehouse = await Gatehouse.start({ users: 1_000, flags });
  try {
    const api = await gatehouse.startApi({ name: 'API' });
    const requests = await requestsTo(gatehouse, api);
    const begin = performance.now();
    const statuses = await sendMixed(requests, count);
    const seconds = (performance.now() - begin) / 1_000;
    print(`  ${count} requests in ${seconds.toFixed(0)} s: ${JSON.stringify(statuses)}`);
    const residents: number[] = [];
    for (const server of [api, gatehouse.authServer]) {
      const usage = await server.usage();
      print(`  ${describe(server.options.name, usage)}`);
      residents.push(usage.memory);
    }
    return residents;
  } finally {
    await gatehouse.stop();
  }
}

function describe(name: string, { memory, heap, cpu }: Usage): string {
  const [resident, held, used] = [memory, heap.held, heap.used].map(toMegabytes);
  const seconds = (cpu / 1_000_000).toFixed(0);
  return `${name.padEnd(12)} ${resident} MB resident, heap ${held} MB held, ${used} MB used; CPU ${seconds} s`;
}

function toMegabytes(bytes: number): string {
  return String(Math.round(bytes / 1_000_000));
}

type Send = () => Promise<Response>;

async function requestsTo(gatehouse: Gatehouse, api: ServerProcess): Promise<Send[]> {
  const { administrator, users } = await gatehouse.makeTokens(100);
  const credentials = { email: 'load@example.com', password: 'correct horse battery staple' };
  const session = await post(`${api.url}/api/v1/auth/sign-up`, { ...credentials, name: 'Load' });
  const { refreshToken } = (await session.json()) as { refreshToken: string };
  let next = 0;
  const asUser = (path: string) => get(api.url + path, users[next++ % users.length]!);
  const others: Send[] = [
    () => asUser('/api/v1/users/me'),
    () => asUser('/api/v1/users/me/sessions'),
    () => get(`${api.url}/api/v1/admin/users?limit=200`, administrator),
    () => get(`${api.url}/api/v1/admin/audit-events`, administrator),
    () => post(`${api.url}/api/v1/auth/refresh`, { refreshToken }),
    () => get(`${gatehouse.authServer.url}/api/auth/get-session`, refreshToken),
    () => get(`${api.url}/api/auth/jwks`, administrator),
    () => get(`${api.url}/openapi.json`, administrator),
  ];
  // Another user: a hundred sign-ins end the oldest session.
  const other = { ...credentials, email: 'other@example.com' };
  await post(`${api.url}/api/v1/auth/sign-up`, { ...other, name: 'Other' });
  const signIn: Send = () => post(`${api.url}/api/v1/auth/sign-in`, other);
  return [signIn, ...Array.from({ length: OTHERS }, () => others).flat()];
}

/** @returns how often each status was answered. */
async function sendMixed(requests: Send[], count: number): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  let sent = 0;
  const work = async () => {
    while (sent < count) {
      const response = await requests[sent++ % requests.length]!();
      await response.arrayBuffer();
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return statuses;
}

function get(url: string, token: string): Promise<Response> {
  return fetch(url, { headers: { authorization: `Bearer ${token}` } });
}

function post(url: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}
