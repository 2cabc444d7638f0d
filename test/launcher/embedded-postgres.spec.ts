import { spawn } from 'node:child_process';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../launcher/postgres/embedded-postgres';
import { findProcess } from '../../launcher/foreground/process-table';
import { reservePorts } from '../support/ports';
import { makeServerFolder } from '../support/servers/server-folder';

describe('the embedded PostgreSQL', () => {
  let parent: string;
  let directory: string;
  let running: EmbeddedPostgres | undefined;

  beforeAll(() => {
    parent = makeServerFolder('gatehouse-embedded-');
    directory = join(parent, 'postgres');
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  afterAll(() => rmSync(parent, { recursive: true, force: true }));

  async function start(into = directory, signal?: AbortSignal): Promise<EmbeddedPostgres> {
    running = await startEmbeddedPostgres({ directory: into, durable: false, signal });
    return running;
  }

  /** Between two starts, another process can get a port that the system has chosen. */
  async function keepToOwnPort(): Promise<string> {
    const [port] = await reservePorts(1);
    writeFileSync(join(directory, 'port'), `${port}\n`);
    return String(port);
  }

  it('leaves nothing when its creation is aborted', async () => {
    const controller = new AbortController();
    const started = start(directory, controller.signal);
    while (!readdirSync(parent).some((name) => name.startsWith('postgres.draft-'))) await delay(2);
    await delay(100);
    controller.abort(new Error('stop'));
    await expect(started).rejects.toThrow('stop');
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is created beside the remains of a killed start, and removes them', async () => {
    mkdirSync(join(parent, 'postgres.draft-4194305', 'data'), { recursive: true });
    const { url } = await start();
    await expect(query(url, 'SELECT current_database() AS name')).resolves.toEqual([
      { name: 'gatehouse' },
    ]);
    expect(readdirSync(parent)).toEqual(['postgres']);
    expect(readFileSync(join(directory, 'port'), 'utf8')).toBe(`${new URL(url).port}\n`);
  });

  it('protects its password from other users', () => {
    expect(statSync(join(directory, 'password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'data')).mode & 0o077).toBe(0);
  });

  it('keeps data, password and port between starts', async () => {
    const port = await keepToOwnPort();
    const first = await start();
    expect(new URL(first.url).port).toBe(port);
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS value');
    await first.stop();
    expect(findProcess(first.pid)).toBeNull();
    const second = await start();
    expect(second.url).toBe(first.url);
    await expect(query(second.url, 'SELECT value FROM kept')).resolves.toEqual([{ value: 1 }]);
  });

  it('refuses another password, and sorts the same on every host', async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    const [locale] = await query(
      url,
      `SELECT datlocprovider AS provider, datlocale AS name, pg_encoding_to_char(encoding) AS encoding
         FROM pg_database WHERE datname = current_database()`,
    );
    expect(locale).toEqual({ provider: 'b', name: 'C.UTF-8', encoding: 'UTF8' });
  });

  it('cannot be reached from another host', async () => {
    const { url } = await start();
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of outside) {
      const other = new URL(url);
      other.hostname = address;
      await expect(query(other.href, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }
    const [{ address, sockets }] = await query(
      url,
      `SELECT current_setting('listen_addresses') AS address,
              current_setting('unix_socket_directories') AS sockets`,
    );
    expect({ address, sockets }).toEqual({ address: '127.0.0.1', sockets: '' });
  });

  it('starts again after it was killed under load, without losing committed data', async () => {
    const first = await startEmbeddedPostgres({ directory, durable: true });
    const clients = await Promise.all([1, 2, 3].map(() => connect(first.url)));
    await clients[0]!.query('INSERT INTO kept VALUES (2)');
    const broken = Promise.allSettled(clients.map((client) => client.query('SELECT pg_sleep(60)')));
    process.kill(first.pid, 'SIGKILL');
    await expect(first.ended).resolves.toBe('SIGKILL');
    const second = await start();
    await expect(query(second.url, 'SELECT value FROM kept')).resolves.toHaveLength(2);
    await broken;
  });

  it('ignores a postmaster.pid whose pid belongs to another process', async () => {
    const first = await start();
    const pidFile = join(directory, 'data', 'postmaster.pid');
    const [pid, ...rest] = readFileSync(pidFile, 'utf8').split('\n');
    await first.stop();
    // Of the same user; otherwise PostgreSQL detects by itself that it is not a server.
    const { uid, gid } = statSync(join(directory, 'data'));
    const other = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore' });
    writeFileSync(pidFile, [other.pid, ...rest].join('\n'));
    const second = await start();
    expect(pid).toBe(String(first.pid));
    await expect(query(second.url, 'SELECT value FROM kept')).resolves.toHaveLength(2);
    expect(other.exitCode).toBeNull();
    other.kill();
  });

  it('stops a server that a killed parent left running, and starts its own', async () => {
    const left = await start();
    const lines: string[] = [];
    running = await startEmbeddedPostgres({
      directory,
      durable: false,
      log: (line) => lines.push(line),
    });
    expect(running.pid).not.toBe(left.pid);
    expect(findProcess(left.pid)).toBeNull();
    expect(lines).toEqual([
      `Stopping the database server that an earlier start left behind (pid ${left.pid})`,
    ]);
  });

  it('uses another port when the last one is taken', async () => {
    const port = await keepToOwnPort();
    const other = await startEmbeddedPostgres({
      directory: join(parent, 'other'),
      durable: false,
    });
    await other.stop();
    writeFileSync(join(parent, 'other', 'port'), port);
    const taking = await start(join(parent, 'other'));
    expect(new URL(taking.url).port).toBe(port);
    const second = await startEmbeddedPostgres({ directory, durable: false });
    expect(new URL(second.url).port).not.toBe(port);
    await second.stop();
  });

  it('refuses a folder with other content, and does not change it', async () => {
    const strange = join(parent, 'strange');
    mkdirSync(strange);
    writeFileSync(join(strange, 'letter.txt'), 'dear');
    await expect(start(strange)).rejects.toThrow(/holds no PostgreSQL data\. Move it away/);
    expect(readdirSync(strange)).toEqual(['letter.txt']);
  });

  // Other users run it as themselves.
  if (process.getuid?.() === 0) {
    it('stores the data elsewhere when its user cannot enter the folder', async () => {
      const closed = join(parent, 'closed');
      mkdirSync(closed, { mode: 0o700 });
      const wanted = join(closed, 'postgres');
      const first = await start(wanted);
      expect(lstatSync(wanted).isSymbolicLink()).toBe(true);
      const elsewhere = realpathSync(wanted);
      expect(elsewhere).toMatch(/^\/var\/lib\/gatehouse\/[0-9a-f]{12}-[0-9a-f]{8}\/postgres$/);
      await query(first.url, 'CREATE TABLE there ()');
      await first.stop();
      await query((await start(wanted)).url, 'SELECT FROM there');
      await running!.stop();
      // Another path to the same folder.
      const path = join(parent, 'path');
      symlinkSync(closed, path);
      await query((await start(join(path, 'postgres'))).url, 'SELECT FROM there');
      await running!.stop();
      rmSync(path);
      const copied = join(parent, 'copied');
      cpSync(closed, copied, { recursive: true, verbatimSymlinks: true });
      await expect(start(join(copied, 'postgres'))).rejects.toThrow(
        `leads to the database of ${wanted}`,
      );
      // Another project in its place does not use its data, and does not delete them.
      const moved = join(parent, 'moved');
      renameSync(closed, moved);
      mkdirSync(closed, { mode: 0o700 });
      const fresh = await start(wanted);
      await expect(query(fresh.url, 'SELECT FROM there')).rejects.toMatchObject({ code: '42P01' });
      await fresh.stop();
      await query((await start(join(moved, 'postgres'))).url, 'SELECT FROM there');
      await running!.stop();
      for (const each of [elsewhere, realpathSync(wanted)]) {
        rmSync(dirname(each), { recursive: true });
      }
    });
  }
});

async function connect(url: string): Promise<Client> {
  const client = new Client(url);
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function query(url: string, text: string) {
  const client = await connect(url);
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
