import { runLoad } from '../system/http-load';
import { postgresUsage } from '../system/postgres-usage';
import { HOST, type ServerProcess } from '../system/server-process';

export interface Plan {
  milliseconds: number;
  /** Requests before the measurement, so that the code is compiled and the caches are filled. */
  warmUp: number;
}

export interface Target {
  /** Replicas that are loaded at the same time. */
  servers: ServerProcess[];
  requests: Buffer[];
  postgres: number;
}

/** Microseconds of CPU time for one request, and the memory of the first replica in MB. */
export interface Cost {
  api: number;
  postgres: number;
  memory: number;
}

const CONNECTIONS = 16;

export async function measure(
  { servers, requests, postgres }: Target,
  { milliseconds, warmUp }: Plan,
): Promise<Cost> {
  const load = (duration: number, atLeast: number) =>
    Promise.all(
      servers.map(({ port }) =>
        runLoad({
          host: HOST,
          port,
          status: 200,
          requests,
          connections: CONNECTIONS,
          milliseconds: duration,
          atLeast,
        }),
      ),
    );
  await load(0, Math.max(warmUp, requests.length));
  const before = { api: await cpuOf(servers), postgres: postgresUsage(postgres) };
  const results = await load(milliseconds, 0);
  const answers = results.reduce((sum, result) => sum + result.answers, 0);
  const { memory } = await servers[0]!.usage();
  return {
    api: ((await cpuOf(servers)) - before.api) / answers,
    postgres: (postgresUsage(postgres) - before.postgres) / answers,
    memory: memory / 1024 / 1024,
  };
}

async function cpuOf(servers: ServerProcess[]): Promise<number> {
  const usages = await Promise.all(servers.map((server) => server.usage()));
  return usages.reduce((sum, { cpu }) => sum + cpu, 0);
}
