import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, ReplicaName } from './cluster';

/** A fault of a part under load. */
export interface Fault {
  name: string;
  /** Returns when the part serves again. */
  run(cluster: Cluster): Promise<void>;
  /** The replica that ends in this fault, and that another process replaces. */
  replaces?: ReplicaName;
  /** Connections to the replica may end without an answer. */
  resets?: boolean;
  /** No answer shows the fault. */
  isInvisible?: boolean;
  /** Some requests must get 503: otherwise the fault did not happen. */
  isFelt?: boolean;
}

/** How long and how often, in milliseconds. */
export interface FaultPlan {
  crashes: number;
  stopped: number;
  suspended: number;
  readOnly: number;
  full: number;
  terminations: number;
  /** `null`: left out. */
  standby: number | null;
  locked: number;
  lockedTables: readonly string[];
  /** From the end of a replica to the start of another one; `null`: no other one starts. */
  away: number | null;
}

export const FULL_PLAN: FaultPlan = {
  crashes: 5,
  stopped: 10_000,
  suspended: 6_000,
  readOnly: 6_000,
  full: 6_000,
  terminations: 10,
  standby: 9_000,
  locked: 8_000,
  lockedTables: ['user', 'session', 'account', 'audit_event', 'oauth_refresh_token'],
  away: 3_000,
};

/** As much as shows a difference in a run of all tests. */
export const SHORT_PLAN: FaultPlan = {
  crashes: 1,
  stopped: 1_000,
  suspended: 4_500,
  readOnly: 1_000,
  full: 1_000,
  terminations: 3,
  // test/operations/faults.spec.ts has one commit of it.
  standby: null,
  // Longer than a statement may wait for a caller that has left.
  locked: 7_000,
  lockedTables: ['session'],
  // The others go on alone: a start takes longer than the fault.
  away: null,
};

/** What the load sees without a fault. */
export const NO_FAULT: Fault = {
  name: 'no fault',
  run: () => Promise.resolve(),
  isInvisible: true,
};

export function listFaults(plan: FaultPlan): Fault[] {
  return [
    { name: 'PostgreSQL restarted (fast)', run: ({ postgres }) => postgres.restart('fast') },
    {
      name: `PostgreSQL killed (immediate), ${plan.crashes} times`,
      run: (cluster) => crash(cluster, plan),
    },
    {
      name: `PostgreSQL stopped for ${seconds(plan.stopped)}`,
      run: (cluster) => halt(cluster, plan),
      isFelt: true,
    },
    {
      name: `SIGSTOP for ${seconds(plan.suspended)}`,
      run: (cluster) => suspend(cluster, plan),
      isFelt: true,
    },
    {
      name: `read-only for ${seconds(plan.readOnly)}`,
      run: (cluster) => makeReadOnly(cluster, plan),
      isFelt: true,
    },
    {
      name: `no free connection for ${seconds(plan.full)}`,
      run: (cluster) => refuseConnections(cluster, plan),
      isFelt: true,
    },
    {
      name: `connections ended, ${plan.terminations} times`,
      run: (cluster) => terminate(cluster, plan),
    },
    ...(plan.standby === null ? [] : [listStandby(plan.standby)]),
    ...plan.lockedTables.map((table) => ({
      name: `table "${table}" locked for ${seconds(plan.locked)}`,
      run: (cluster: Cluster) => lock(cluster, { table, milliseconds: plan.locked }),
      isFelt: true,
    })),
    {
      name: 'one of two auth servers killed',
      run: (cluster) => kill(cluster, { name: 'auth server 1', ...plan }),
      replaces: 'auth server 1',
      resets: true,
    },
    {
      name: 'one of two API replicas stopped (SIGTERM)',
      run: (cluster) => stopReplica(cluster, { name: 'API 1', ...plan }),
      replaces: 'API 1',
      // A client can send on an idle connection while the server closes it (RFC 9112, section 9.5).
      resets: true,
      isInvisible: true,
    },
    ...(plan.away === null ? [] : listReplacements(plan)),
  ];
}

/** Each commit waits for a standby that does not exist. */
function listStandby(silent: number): Fault {
  return {
    name: `synchronous standby silent for ${seconds(silent)}`,
    run: async (cluster) => {
      await setStandby(cluster, 'none');
      await sleep(silent);
      await setStandby(cluster, '');
    },
    isFelt: true,
  };
}

export async function setStandby(cluster: Cluster, name: string): Promise<void> {
  await cluster.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
  await cluster.query('SELECT pg_reload_conf()');
}

/** The other process, in the other way. */
function listReplacements(plan: FaultPlan): Fault[] {
  return [
    {
      name: 'one of two API replicas killed',
      run: (cluster) => kill(cluster, { name: 'API 2', ...plan }),
      replaces: 'API 2',
      resets: true,
    },
    {
      name: 'one of two auth servers stopped (SIGTERM)',
      run: (cluster) => stopReplica(cluster, { name: 'auth server 2', ...plan }),
      replaces: 'auth server 2',
      resets: true,
      isInvisible: true,
    },
  ];
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1_000} s`;
}

async function crash({ postgres }: Cluster, { crashes }: FaultPlan): Promise<void> {
  for (let count = 0; count < crashes; count += 1) {
    if (count > 0) await sleep(1_000);
    await postgres.restart('immediate');
  }
}

async function halt({ postgres }: Cluster, { stopped }: FaultPlan): Promise<void> {
  await postgres.halt('fast');
  await sleep(stopped);
  await postgres.resume();
}

/** All processes of PostgreSQL: connections stay open, and new ones are accepted by the system. */
async function suspend(cluster: Cluster, { suspended }: FaultPlan): Promise<void> {
  const pids = [cluster.postgres.pid];
  // The connection of the test: a suspended server opens none.
  await cluster.query('SELECT 1');
  process.kill(cluster.postgres.pid, 'SIGSTOP');
  try {
    const rows = await cluster.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
    pids.push(...rows.map((row) => row.pid));
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await sleep(suspended);
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}

async function makeReadOnly(cluster: Cluster, { readOnly }: FaultPlan): Promise<void> {
  await setReadOnly(cluster, 'on');
  await sleep(readOnly);
  await setReadOnly(cluster, 'off');
}

async function setReadOnly(cluster: Cluster, value: 'on' | 'off'): Promise<void> {
  const name = new URL(cluster.postgres.url).pathname.slice(1);
  await cluster.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = ${value}`);
  await cluster.terminateBackends();
}

/** PostgreSQL answers as when all connections are taken: SQLSTATE 53300. */
async function refuseConnections(cluster: Cluster, { full }: FaultPlan): Promise<void> {
  await cluster.limitConnections(0);
  await cluster.terminateBackends();
  await sleep(full);
  await cluster.limitConnections(-1);
}

async function terminate(cluster: Cluster, { terminations }: FaultPlan): Promise<void> {
  for (let count = 0; count < terminations; count += 1) {
    if (count > 0) await sleep(700);
    await cluster.terminateBackends();
  }
}

/** @throws when a statement waits longer than its caller can. */
async function lock(
  cluster: Cluster,
  { table, milliseconds }: { table: string; milliseconds: number },
): Promise<void> {
  const holder = await cluster.connect();
  await holder.query(`BEGIN; LOCK TABLE "${table}" IN ACCESS EXCLUSIVE MODE`);
  await sleep(milliseconds);
  const left = await cluster.backends(
    `wait_event_type = 'Lock' AND clock_timestamp() - query_start > interval '5 s'`,
  );
  await holder.query('ROLLBACK');
  await holder.end();
  if (left.length > 0) throw new Error(`${left.length} statements wait for callers that left`);
}

type Absence = Pick<FaultPlan, 'away'> & { name: ReplicaName };

async function kill(cluster: Cluster, { name, away }: Absence): Promise<void> {
  cluster.replica(name).signal('SIGKILL');
  await replace(cluster, { name, away });
}

/** @throws when the process ends with another status than 0. */
async function stopReplica(cluster: Cluster, { name, away }: Absence): Promise<void> {
  const status = await cluster.replica(name).stop();
  if (status !== 0) throw new Error(`${name} ended with status ${status}`);
  await replace(cluster, { name, away });
}

async function replace(cluster: Cluster, { name, away }: Absence): Promise<void> {
  if (away === null) return;
  await sleep(away);
  await cluster.startReplica(name);
}
