import { Client } from 'pg';
import { PostgresWire } from '../support/servers/postgres-wire';
import { type LogEntry, ReplicaProcess } from '../support/processes/replica-process';
import { System } from '../support/system';
import { TcpProxy } from '../support/servers/tcp-proxy';
import { eventually, modeOf } from './readiness';
import type { AccessFixture } from './access-fixture';
import { ADMINISTRATOR } from './access-changes';

/** A replica whose connections to the database can be interrupted separately. */
export class BreakableReplica {
  private constructor(
    readonly fixture: AccessFixture,
    readonly process: ReplicaProcess,
    private readonly system: System,
    readonly connections: { listening: TcpProxy; pool: TcpProxy; wire: PostgresWire },
  ) {}

  static async start(env: NodeJS.ProcessEnv = {}): Promise<BreakableReplica> {
    const system = await System.start();
    const { databaseUrl, authUrl } = system.settings;
    const wire = await PostgresWire.before(databaseUrl);
    const listening = await TcpProxy.before(wire.via(databaseUrl));
    const pool = await TcpProxy.before(databaseUrl);
    const settings = {
      ...system.settings,
      databaseUrl: pool.via(databaseUrl),
      databaseDirectUrl: listening.via(wire.via(databaseUrl)),
    };
    const replica = await ReplicaProcess.start({ settings, env });
    const sql = new Client(databaseUrl);
    await sql.connect();
    const { accessToken, refreshToken: sessionToken } = await system.signIn(ADMINISTRATOR);
    const admin = { accessToken, sessionToken };
    const fixture = { authUrl, replicas: [replica.url], sql, admin };
    return new BreakableReplica(fixture, replica, system, { listening, pool, wire });
  }

  get url(): string {
    return this.process.url;
  }

  /** The reported states of listening, in order. */
  get accessLog(): LogEntry[] {
    return this.process.log.filter(({ msg }) => /access (is checked|costs)/.test(msg));
  }

  async untilLive(): Promise<number> {
    return eventually(() => modeOf(this.url), 'live');
  }

  async stop(): Promise<number | null> {
    const code = await this.process.stop();
    await this.fixture.sql.end();
    await Promise.all([
      this.connections.listening.cut(),
      this.connections.pool.cut(),
      this.connections.wire.close(),
    ]);
    await this.system.stop();
    return code;
  }
}
