import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { createLogger, type Logger } from '../../runtime/logger';
import { launchApi, launchAuthServer } from './native/launch';
import { prepareSystem, System, type SystemOptions, type SystemParts } from './system';
import type { Hosted, HostedKind, HostedStart } from './processes/system-host';
import { TcpProxy } from './servers/tcp-proxy';

export interface InProcessOptions extends SystemOptions {
  /** Takes what both processes log, one JSON text an entry, instead of standard output. */
  log?: string[];
}

/**
 * A system that runs inside the test: for tests that read its log as it is written, call its
 * providers or break its connections. It takes some seconds longer to load.
 */
export class InProcessSystem extends System {
  /** The Nest application of each replica. */
  readonly apps: NestFastifyApplication[] = [];
  private readonly links: TcpProxy[] = [];
  private readonly log: string[] | undefined;

  private constructor(parts: SystemParts & { log?: string[] }) {
    super(parts);
    this.log = parts.log;
  }

  static override async start(options: InProcessOptions = {}): Promise<InProcessSystem> {
    const parts = await prepareSystem(options);
    return new InProcessSystem({ ...parts, log: options.log }).launch();
  }

  /** The first replica's connection to the database. The auth server has its own. */
  get databaseLink(): TcpProxy {
    return this.links[0]!;
  }

  protected override launchAuthServer(start: HostedStart): Promise<Hosted> {
    return launchAuthServer({ ...start, logger: this.createLogger('auth') });
  }

  protected override async launchReplica({ settings, port }: HostedStart): Promise<Hosted> {
    const link = await TcpProxy.before(settings.databaseUrl);
    const linked = {
      ...settings,
      databaseUrl: link.via(settings.databaseUrl),
      databaseDirectUrl: link.via(settings.databaseDirectUrl),
    };
    const logger = this.createLogger('api');
    const { app, stop } = await launchApi({ settings: linked, port, logger });
    this.apps.push(app);
    this.links.push(link);
    return {
      stop: async () => {
        await stop();
        await link.cut();
      },
    };
  }

  private createLogger(name: HostedKind): Logger {
    const { log } = this;
    if (!log) return createLogger(name, this.settings.logLevel);
    const write = (line: string) => void log.push(line);
    return pino({ level: 'debug', base: { process: name } }, { write });
  }
}
