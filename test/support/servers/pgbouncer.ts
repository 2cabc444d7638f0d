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

/** A pooler in transaction mode before one database. Needs Debian's package pgbouncer. */
export class PgBouncer {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(databaseUrl: string): Promise<PgBouncer> {
    const [port] = await reservePorts(1);
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pgbouncer-'));
    chmodSync(folder, 0o755);
    const file = join(folder, 'pgbouncer.ini');
    writeFileSync(file, configuration(new URL(databaseUrl), port!));
    const asUser = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
    const child = spawn(PROGRAM, [file], { ...asUser, stdio: 'ignore' });
    await once(child, 'spawn');
    const pooler = new PgBouncer(`postgres://pooled@127.0.0.1:${port}/pooled`, child, folder);
    await eventually(() => pooler.connectOnce());
    return pooler;
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Answers of `SHOW` in pgbouncer's own console. */
  async show<Row extends object>(what: string): Promise<Row[]> {
    const client = new Client(this.url.replace(/[^/]+$/, 'pgbouncer'));
    await client.connect();
    try {
      return (await client.query<Row>(`SHOW ${what}`)).rows;
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
