import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually } from '../eventually';
import { reservePorts } from '../ports';

const PROGRAM = '/usr/sbin/pgbouncer';
/** pgbouncer refuses to run as root. */
const UNPRIVILEGED_ID = 65_534;

const CONFIGURATION = 'pgbouncer.ini';

/** A pooler in transaction mode before one database. Needs Debian's package pgbouncer. */
export class PgBouncer {
  private constructor(
    readonly url: string,
    private child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(databaseUrl: string): Promise<PgBouncer> {
    const [port] = await reservePorts(1);
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pgbouncer-'));
    chmodSync(folder, 0o755);
    const file = join(folder, CONFIGURATION);
    writeFileSync(file, configuration(new URL(databaseUrl), port!));
    const url = `postgres://pooled@127.0.0.1:${port}/pooled`;
    const pooler = new PgBouncer(url, await launch(file), folder);
    await eventually(() => pooler.connectOnce());
    return pooler;
  }

  async stop(): Promise<void> {
    await this.crash();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** `kill -9`; every connection ends. */
  async crash(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  /** Starts it after `crash`, at the same port. */
  async startAgain(): Promise<void> {
    this.child = await launch(join(this.folder, CONFIGURATION));
  }

  /** Answers of `SHOW` in pgbouncer's own console. */
  show<Row extends object>(what: string): Promise<Row[]> {
    return this.command<Row>(`SHOW ${what}`);
  }

  /** Runs a command in that console. */
  async command<Row extends object>(text: string): Promise<Row[]> {
    const client = new Client(this.url.replace(/[^/]+$/, 'pgbouncer'));
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  private async connectOnce(): Promise<void> {
    const client = new Client(this.url);
    await client.connect();
    await client.end();
  }
}

async function launch(file: string): Promise<ChildProcess> {
  const asUser = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
  const child = spawn(PROGRAM, [file], { ...asUser, stdio: 'ignore' });
  await once(child, 'spawn');
  return child;
}

/** Few connections to the server, so that clients really take turns. */
function configuration(database: URL, port: number): string {
  const target = [
    `host=${database.hostname}`,
    `port=${database.port}`,
    `dbname=${database.pathname.slice(1)}`,
    `user=${decodeURIComponent(database.username)}`,
    `password=${decodeURIComponent(database.password)}`,
  ];
  return `[databases]
pooled = ${target.join(' ')}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
admin_users = pooled
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
`;
}
