import { execFile } from 'node:child_process';
import { chownSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestLogins } from './database-logins';
import { makeServerFolder } from './server-folder';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../launcher/postgres/embedded-postgres';
import { runMigrations } from '../../../launcher/migrations';
import { reservePorts } from '../ports';

/** `fast` ends connections and writes a checkpoint; `immediate` is a crash with recovery. */
export type Stop = 'fast' | 'immediate';

const DATA = 'postgres';
const COPY = 'copy';

/** With the owners of the files. */
const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', from, to]);

/** A PostgreSQL of a test alone, with the schema and the logins of the run. It is durable. */
export class RestartablePostgres {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<RestartablePostgres> {
    const folder = makeServerFolder('gatehouse-restarts-');
    const [port] = await reservePorts(1);
    const postgres = new RestartablePostgres(folder, port!, await launch(folder, port!));
    try {
      await createTestLogins(postgres.url);
      await runMigrations(postgres.url);
    } catch (error) {
      await postgres.stop();
      throw error;
    }
    return postgres;
  }

  get url(): string {
    return this.server.url;
  }

  get pid(): number {
    return this.server.pid;
  }

  async restart(how: Stop): Promise<void> {
    await this.halt(how);
    await this.resume();
  }

  /** Stops the server and keeps its data. */
  async halt(how: Stop): Promise<void> {
    if (how === 'immediate') this.server.kill();
    else await this.server.stop();
    await this.server.ended;
  }

  /** Starts the server after `halt`, at the same port. */
  async resume(): Promise<void> {
    const { url } = this;
    this.server = await launch(this.folder, this.port);
    if (this.url !== url) throw new Error(`PostgreSQL listens at another port: ${this.url}`);
  }

  /** Keeps a copy of the data. The server restarts. */
  async keepCopy(): Promise<void> {
    await this.halt('fast');
    await copy(join(this.folder, DATA), join(this.folder, COPY));
    await this.resume();
  }

  /** Restarts the server with the data of the copy, as after the restore of a volume. */
  async goBack(): Promise<void> {
    await this.halt('immediate');
    rmSync(join(this.folder, DATA), { recursive: true });
    renameSync(join(this.folder, COPY), join(this.folder, DATA));
    await this.resume();
  }

  /** A hot standby that follows this server, which restarts. */
  async startStandby(): Promise<RestartablePostgres> {
    const folder = makeServerFolder('gatehouse-standby-');
    const [port] = await reservePorts(1);
    await this.halt('fast');
    await copy(join(this.folder, DATA), join(folder, DATA));
    await this.resume();
    follow(join(folder, DATA, 'data'), this.url);
    return new RestartablePostgres(folder, port!, await launch(folder, port!));
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function launch(folder: string, port: number): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ directory: join(folder, DATA), durable: true, port });
}

/** https://www.postgresql.org/docs/current/warm-standby.html#STANDBY-SERVER-SETUP */
function follow(data: string, primary: string): void {
  const { uid, gid } = statSync(data);
  const files = {
    'standby.signal': '',
    'postgresql.auto.conf': `primary_conninfo = '${primary}'\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(data, name), text);
    chownSync(join(data, name), uid, gid);
  }
}
