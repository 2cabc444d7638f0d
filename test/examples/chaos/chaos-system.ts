import { RestartablePostgres } from '../../support/servers/restartable-postgres';
import { ReplicaProcess } from '../../support/processes/replica-process';
import type { Hosted, HostedStart } from '../../support/processes/system-host';
import { TcpProxy } from '../../support/servers/tcp-proxy';
import { prepareSystem, System, type SystemParts } from '../../support/system';

const REPLICAS = 2;

/** A system whose database and replicas can be ended at any moment, and a balancer before them. */
export class ChaosSystem extends System {
  private readonly processes = new Map<number, ReplicaProcess>();
  private readonly ports: number[];
  private behind = 0;
  /** Leads to one replica at a time. */
  balancer!: TcpProxy;

  private constructor(
    parts: SystemParts,
    readonly postgres: RestartablePostgres,
  ) {
    super(parts);
    this.ports = parts.apiPorts;
  }

  static override async start(): Promise<ChaosSystem> {
    const postgres = await RestartablePostgres.start();
    const env = { DATABASE_URL: postgres.url };
    const { database: unused, ...parts } = await prepareSystem({ env, replicas: REPLICAS });
    await unused.drop();
    const database = { url: postgres.url, drop: () => postgres.stop() };
    const system = await new ChaosSystem({ ...parts, database }, postgres).launch();
    system.balancer = await TcpProxy.before(system.apiUrl);
    return system;
  }

  override async stop(): Promise<void> {
    await this.balancer?.cut();
    await super.stop();
  }

  /** Ends the connections through the balancer; the next ones reach another replica. */
  async changeReplica(): Promise<void> {
    await this.balancer.cut();
    this.behind = (this.behind + 1) % REPLICAS;
    this.balancer.moveTo(this.replicas[this.behind]!.url);
    await this.balancer.restore();
  }

  /** Ends the replica behind the balancer, which leads to another one from then on. */
  async crashReplica(): Promise<void> {
    const port = this.ports[this.behind]!;
    await this.processes.get(port)!.crash();
    await this.changeReplica();
    await this.runReplica({ settings: this.settings, port });
  }

  protected override async launchReplica(start: HostedStart): Promise<Hosted> {
    await this.runReplica(start);
    return { stop: async () => void (await this.processes.get(start.port)!.stop()) };
  }

  private async runReplica({ settings, port }: HostedStart): Promise<void> {
    this.processes.set(port, await ReplicaProcess.start({ settings, port }));
  }
}
