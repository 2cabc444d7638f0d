import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../launcher/postgres/embedded-postgres';
import { runMigrations } from '../../../launcher/migrations';
import { createTestLogins } from '../../support/servers/database-logins';

/** A PostgreSQL of a test alone, with the schema and the logins of the run. It is durable. */
export class RestartablePostgres {
  private constructor(
    private readonly folder: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<RestartablePostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-chaos-'));
    const postgres = new RestartablePostgres(folder, await launch(folder));
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

  /** `fast` ends connections and writes a checkpoint; `immediate` is a crash with recovery. */
  async restart(how: 'fast' | 'immediate'): Promise<void> {
    const { url } = this;
    if (how === 'immediate') this.server.kill();
    else await this.server.stop();
    await this.server.ended;
    this.server = await launch(this.folder);
    if (this.url !== url) throw new Error(`PostgreSQL listens at another port: ${this.url}`);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function launch(folder: string): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ directory: join(folder, 'postgres'), durable: true });
}
