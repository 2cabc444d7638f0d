import { Client } from 'pg';
import { Balancer } from './balancer';
import { ServerProcess } from '../processes';
import { reservePorts } from '../../support/ports';
import { urlAs } from '../../support/servers/database-logins';
import { RestartablePostgres } from '../../support/servers/restartable-postgres';

const ENVIRONMENT = {
  PATH: process.env.PATH,
  NODE_ENV: 'test',
  BETTER_AUTH_SECRET: 'a test secret of more than 32 characters',
  INTERNAL_SECRET: 'another test secret of more than 32 characters',
  ADMIN_EMAIL: 'admin@example.com',
  ADMIN_PASSWORD: 'the first administrator',
  RATE_LIMITS: 'off',
  LOG_LEVEL: 'info',
  // Longer than the balancer needs to see that a replica is not ready.
  SHUTDOWN_DELAY: '1s',
};

export type ReplicaName = 'API 1' | 'API 2' | 'auth server 1' | 'auth server 2';

interface Replica {
  main: 'auth-server/main.ts' | 'src/main.ts';
  url: string;
  env: NodeJS.ProcessEnv;
}

/** Two API replicas and two auth servers, each pair behind a load balancer, over one PostgreSQL. */
export class Cluster {
  private readonly running = new Map<ReplicaName, ServerProcess>();
  private readonly balancers: Balancer[] = [];
  private connection: Client | null = null;

  private constructor(
    readonly postgres: RestartablePostgres,
    /** Of the load balancers. */
    readonly urls: { api: string; auth: string },
    private readonly replicas: Record<ReplicaName, Replica>,
  ) {}

  /** @param env settings of all replicas, in addition. */
  static async start(env: NodeJS.ProcessEnv = {}): Promise<Cluster> {
    const postgres = await RestartablePostgres.start();
    const [api, auth, ...ports] = await reservePorts(6);
    const urls = { api: `http://localhost:${api}`, auth: `http://localhost:${auth}` };
    const cluster = new Cluster(postgres, urls, toReplicas({ postgres, urls, ports, env }));
    try {
      await cluster.launch();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async stop(): Promise<void> {
    await this.connection?.end().catch(() => {});
    await Promise.all([...this.running.values()].map((server) => server.stop()));
    for (const balancer of this.balancers) balancer.close();
    await this.postgres.stop();
  }

  /** A connection of the test; it is left out of `backends`. */
  async connect(): Promise<Client> {
    const connectionString = this.postgres.url;
    const client = new Client({ connectionString, application_name: 'test' });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  /** Runs a statement on a connection that is opened again after each restart of the server. */
  async query<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    if (this.connection === null) {
      this.connection = await this.connect();
      this.connection.on('end', () => (this.connection = null));
    }
    return (await this.connection.query<Row>(sql, parameters)).rows;
  }

  /** Ids of the processes of PostgreSQL that serve the replicas. */
  async backends(condition = 'true'): Promise<number[]> {
    const rows = await this.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND application_name <> 'test' AND ${condition}`,
    );
    return rows.map(({ pid }) => pid);
  }

  async terminateBackends(): Promise<void> {
    await this.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name <> 'test'`,
    );
  }

  /** @param count of each login of the replicas; -1: no limit. */
  async limitConnections(count: number): Promise<void> {
    for (const name of ['api', 'authServer'] as const) {
      const { username } = new URL(urlAs(name, this.postgres.url));
      await this.query(`ALTER ROLE "${username}" CONNECTION LIMIT ${count}`);
    }
  }

  replica(name: ReplicaName): ServerProcess {
    return this.running.get(name)!;
  }

  /** Starts a replica that has ended. @param root the checkout of another version. */
  async startReplica(name: ReplicaName, root?: string): Promise<void> {
    const { main, url, env } = this.replicas[name];
    this.running.set(name, await ServerProcess.start(main, { url, env, root }));
  }

  /** The process ids of the replicas that run. */
  pids(): Partial<Record<ReplicaName, number>> {
    const alive = [...this.running].filter(([, server]) => server.isRunning);
    return Object.fromEntries(alive.map(([name, { pid }]) => [name, pid]));
  }

  private async launch(): Promise<void> {
    const { api, auth } = this.urls;
    const listen = async (url: string, main: Replica['main']) => {
      const behind = Object.values(this.replicas).filter((replica) => replica.main === main);
      const port = Number(new URL(url).port);
      const urls = behind.map((replica) => replica.url);
      this.balancers.push(await Balancer.listen(port, urls));
    };
    await listen(auth, 'auth-server/main.ts');
    await listen(api, 'src/main.ts');
    const names = Object.keys(this.replicas) as ReplicaName[];
    await Promise.all(names.map((name) => this.startReplica(name)));
  }
}

interface Parts {
  postgres: RestartablePostgres;
  urls: { api: string; auth: string };
  ports: number[];
  env: NodeJS.ProcessEnv;
}

function toReplicas({ postgres, urls, ports, env }: Parts): Record<ReplicaName, Replica> {
  const common = { ...ENVIRONMENT, ...env, API_URL: urls.api, AUTH_URL: urls.auth };
  const [apiPort1, apiPort2, authPort1, authPort2] = ports.map(String);
  const api = (port: string): Replica => ({
    main: 'src/main.ts',
    url: `http://localhost:${port}`,
    env: { ...common, DATABASE_URL: urlAs('api', postgres.url), API_PORT: port },
  });
  const auth = (port: string): Replica => ({
    main: 'auth-server/main.ts',
    url: `http://localhost:${port}`,
    env: { ...common, DATABASE_URL: urlAs('authServer', postgres.url), AUTH_PORT: port },
  });
  return {
    'API 1': api(apiPort1!),
    'API 2': api(apiPort2!),
    'auth server 1': auth(authPort1!),
    'auth server 2': auth(authPort2!),
  };
}
