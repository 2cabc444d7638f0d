import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { spawnServer, stopServer } from '../../../launcher/postgres/postgres-process';
import { findServerAccount } from '../../../launcher/postgres/server-account';
import { eventually } from '../eventually';
import { reservePorts } from '../ports';
import { makeIdentity } from './certificate';

const VERSIONS = '/usr/lib/postgresql';

/**
 * A server of Debian's package postgresql, whose version its pg_dump can read. Accepts TLS, with a
 * certificate for `localhost` that no authority has signed.
 */
export class DebianPostgres {
  private constructor(
    readonly url: string,
    private readonly pid: number,
    private readonly folder: string,
  ) {}

  static async start(): Promise<DebianPostgres> {
    const [newest] = readdirSync(VERSIONS).sort((one, other) => Number(other) - Number(one));
    const binaries = join(VERSIONS, newest!, 'bin');
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-debian-'));
    chmodSync(folder, 0o755);
    const data = join(folder, 'data');
    const account = findServerAccount(data, () => {});
    mkdirSync(data, { mode: 0o700 });
    if (account) chownSync(data, account.uid, account.gid);
    const options = ['--username=owner', '--auth=trust', '--encoding=UTF8', '--locale=C'];
    const made = spawnSync(
      join(binaries, 'initdb'),
      [`--pgdata=${data}`, ...options, '--no-sync'],
      {
        ...account,
        encoding: 'utf8',
        cwd: folder,
      },
    );
    if (made.status !== 0) throw new Error(made.stderr);
    const certificate = join(folder, 'server.crt');
    const key = join(data, 'server.key');
    const identity = await makeIdentity(['localhost']);
    writeFileSync(certificate, identity.cert);
    writeFileSync(key, identity.key, { mode: 0o600 });
    if (account) chownSync(key, account.uid, account.gid);
    const [port] = await reservePorts(1);
    const addresses = { listen_addresses: '127.0.0.1', unix_socket_directories: data };
    const tls = { ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key };
    const parameters = { ...addresses, ...tls, fsync: 'off' };
    const logFile = join(folder, 'server.log');
    const { pid } = spawnServer({ binaries, data, port: port!, logFile, account, parameters });
    const server = new DebianPostgres(`postgres://owner@127.0.0.1:${port}`, pid, folder);
    await eventually(() => server.query('postgres', 'SELECT 1'));
    return server;
  }

  /** @returns the URL of a new database. */
  async createDatabase(name: string): Promise<string> {
    await this.query('postgres', `CREATE DATABASE ${name} TEMPLATE template0`);
    return `${this.url}/${name}`;
  }

  /** The certificate of the server, which a client can trust. */
  get certificate(): string {
    return join(this.folder, 'server.crt');
  }

  /** The URL of a database for the name of the certificate. */
  tlsUrl(name: string, parameters: string): string {
    return `${this.url.replace('127.0.0.1', 'localhost')}/${name}?${parameters}`;
  }

  /** The URL of a database by the socket of the server. */
  socketUrl(name: string): string {
    const { port } = new URL(this.url);
    return `postgres://owner@${encodeURIComponent(join(this.folder, 'data'))}:${port}/${name}`;
  }

  async query<Row extends object>(database: string, sql: string): Promise<Row[]> {
    const client = new Client(`${this.url}/${database}`);
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await stopServer(this.pid);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
