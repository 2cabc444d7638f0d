import { spawn } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { Command, DOOR, makePlace, waitUntil, type Place } from './command';
import { reservePorts } from '../support/ports';
import { findOwner } from '../../launcher/foreground/owner-lock';
import { findProcess, waitForEnd } from '../../launcher/foreground/process-table';

const POSTGRES = 'postgres -D';
const AUTH = 'auth-server/main.js';
const API = 'src/main.js';
const DIST = join(__dirname, '../../dist');
const READY = 'Ready after';

describe('npm start', () => {
  let place: Place;
  const commands: Command[] = [];
  /** A start that a test leaves running for the next one. */
  let running: Command | null = null;

  beforeAll(async () => {
    place = await makePlace();
    // Builds first when needed, so that no other test waits for it.
    const command = start({ LOG_LEVEL: 'none' });
    await command.exit();
    if (!command.output.includes('LOG_LEVEL')) throw new Error(command.output);
  });

  afterAll(async () => {
    for (const command of commands) {
      command.signal('SIGTERM');
      await command.leftOver();
    }
    place.remove();
  });

  function start(env: NodeJS.ProcessEnv = {}, name?: string): Command {
    const command = new Command(place.folder, { ...place.env, ...env }, name);
    commands.push(command);
    return command;
  }

  async function startUntilReady(env: NodeJS.ProcessEnv = {}): Promise<Command> {
    const command = start(env);
    await command.until(READY);
    return command;
  }

  /** The start that the previous test has left running, or a new one. */
  async function takeRunning(): Promise<Command> {
    const command = running ?? (await startUntilReady());
    running = null;
    return command;
  }

  function url(setting: 'API_PORT' | 'AUTH_PORT', path: string): string {
    return `http://localhost:${place.env[setting]}${path}`;
  }

  async function expectNothingLeft(command: Command): Promise<void> {
    expect(await command.leftOver()).toEqual([]);
    expect(place.has('.data/database-url')).toBe(false);
  }

  describe('with invalid settings', () => {
    it('lists every invalid value of both processes once, and starts nothing', async () => {
      const command = start({
        API_PORT: '99999',
        JWT_ALGORITHM: 'none',
        BETTER_AUTH_SECRET: 'short',
        GITHUB_CLIENT_ID: 'half',
        DATABASE_DIRECT_URL: 'postgres://localhost/other',
      });
      expect(await command.exit()).toBe(1);
      expect(command.output).toMatch(/^5 settings are not usable:$/m);
      for (const name of [
        'API_PORT',
        'JWT_ALGORITHM',
        'BETTER_AUTH_SECRET',
        'GITHUB_CLIENT_SECRET',
        'DATABASE_DIRECT_URL',
      ]) {
        expect(command.output.match(new RegExp(`^  ${name} `, 'gm'))).toHaveLength(1);
      }
      expect(command.output).not.toMatch(/ at .+:\d+:\d+/);
      expect(place.has('.data/postgres')).toBe(false);
      await expectNothingLeft(command);
    });

    it('refuses production without a database', async () => {
      const command = start({ NODE_ENV: 'production' });
      expect(await command.exit()).toBe(1);
      expect(command.output).toMatch(/^  DATABASE_URL +must be set in production/m);
    });

    it('names the folder that it cannot write into', async () => {
      const other = await makePlace();
      writeFileSync(join(other.folder, '.data'), '');
      const command = new Command(other.folder, other.env);
      expect(await command.exit()).toBe(1);
      expect(command.output).toMatch(/^Gatehouse cannot write into \/.+[.]data: EEXIST: .+\n$/);
      other.remove();
    });

    it('names an argument, which it does not take', async () => {
      const command = start({}, '--port=9000');
      expect(await command.exit()).toBe(1);
      expect(command.output).toBe(
        '`npm start` takes no argument --port=9000. Settings: docs/settings.md.\n',
      );
    });

    it('names the setting of a taken port', async () => {
      const other = await listen(Number(place.env.API_PORT), '127.0.0.1');
      const command = start();
      expect(await command.exit()).toBe(1);
      expect(command.output).toContain(
        `Port ${place.env.API_PORT} is in use by another process. Stop that process, or set API_PORT`,
      );
      expect(command.output).not.toContain('AUTH_PORT');
      other.close();
    });

    it('reports within seconds that a given database is unreachable', async () => {
      const command = start({ DATABASE_URL: 'postgres://user:hidden-password@127.0.0.1:1/none' });
      expect(await command.exit()).toBe(1);
      expect(command.output).toMatch(
        /\(DATABASE_URL\): could not connect to PostgreSQL: .*127\.0\.0\.1:1/,
      );
      expect(command.output).not.toContain('hidden-password');
      await expectNothingLeft(command);
    });
  });

  describe('stopped during the start', () => {
    it.each([
      ['SIGINT', 'the settings are read', () => place.has('.data/launcher.lock')],
      // The start before this one can have created it already.
      ['SIGTERM', 'the database is created', () => isInFolder(/^postgres($|\.draft-)/)],
      ['SIGHUP', 'the database starts', () => place.has('.data/postgres/data/postmaster.pid')],
      ['SIGINT', 'the schema is applied', () => place.has('.data/database-url')],
      ['SIGTERM', 'the processes load', 'The schema is up to date'],
      ['SIGINT', 'one process is ready', 'is ready.'],
    ] as const)('by %s while %s, leaves nothing running and exits with 0', async (...row) => {
      const [signal, , moment] = row;
      const command = start();
      await command.until(moment);
      command.signal(signal);
      expect(await command.exit()).toBe(0);
      await expectNothingLeft(command);
      expect(isInFolder(/\.draft-|lock/)).toBe(false);
    });

    it('by a SIGTERM to npm, which ends only the shell, stops as well', async () => {
      const shell = spawn('sh', ['-c', `"${process.execPath}" "${DOOR}"; exit`], {
        cwd: place.folder,
        env: { PATH: process.env.PATH, ...place.env, npm_lifecycle_event: 'start' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [shell.stdout, shell.stderr]) {
        stream.on('data', (chunk) => (output += String(chunk)));
      }
      const database = join(place.folder, '.data/postgres/data/postmaster.pid');
      await waitUntil(() => existsSync(database) || shell.exitCode !== null);
      expect({ output, isThere: existsSync(database) }).toMatchObject({ isThere: true });
      const supervisor = findOwner(join(place.folder, '.data/launcher.lock'))!;
      shell.kill('SIGTERM');
      expect(await waitForEnd(supervisor, 60_000)).toBe(true);
      expect(existsSync(database)).toBe(false);
    });
  });

  describe('without errors', () => {
    it('starts everything, prints the URLs, and serves the metrics on ports of their own', async () => {
      const port = await reservePair();
      writeFileSync(join(place.folder, '.env'), 'TRUSTED_ORIGIN=https://secret.example\n');
      const command = await startUntilReady({
        METRICS_PORT: String(port),
        npm_lifecycle_event: 'start',
      });
      rmSync(join(place.folder, '.env'));
      for (const source of ['auth', 'api']) {
        const warning =
          '[.]env sets names that are no settings: TRUSTED_ORIGIN [(]TRUSTED_ORIGINS[?]';
        await command.until(() => new RegExp(`${source} .+${warning}`).test(command.output));
      }
      expect(command.output).not.toContain('secret.example');
      for (const address of ['/api/v1', '/docs', '/openapi.json']) {
        expect(command.output).toContain(url('API_PORT', address));
      }
      // `loginsOf()` connects with the URL in this file.
      expect(command.output).toContain('psql "$(cat .data/database-url)"');
      expect((await fetch(url('API_PORT', '/health/ready'))).status).toBe(200);
      expect((await fetch(url('AUTH_PORT', '/health/ready'))).status).toBe(200);
      const read = async (at: number) => (await fetch(`http://localhost:${at}/metrics`)).text();
      expect(await read(port)).toContain('process="api"');
      expect(await read(port + 1)).toContain('process="auth"');
      expect(command.children()).toHaveLength(3);
      expect(filesForOthers(place.folder)).toEqual([]);
      expect(await loginsOf(place.folder)).toEqual(['gatehouse_api', 'gatehouse_auth']);
      running = command;
    });

    it('refuses a second start in the same folder and keeps the first running', async () => {
      const first = await takeRunning();
      const second = start();
      expect(await second.exit()).toBe(1);
      expect(second.output).toContain(
        `Gatehouse is already running in this folder (pid ${first.pid}).`,
      );
      expect((await fetch(url('API_PORT', '/health/ready'))).status).toBe(200);
      expect(place.has('.data/database-url')).toBe(true);
      running = first;
    });

    it('stops everything at Ctrl-C, also when npm repeats the signal late', async () => {
      const command = await takeRunning();
      const api = command.find(API).pid;
      // Holds the stop open until the second signal.
      process.kill(api, 'SIGSTOP');
      command.signal('SIGINT');
      await command.until('Stopping');
      await delay(600);
      command.signal('SIGINT');
      process.kill(api, 'SIGCONT');
      expect(await command.exit()).toBe(0);
      expect(command.output).not.toContain('Ending everything at once');
      await expectNothingLeft(command);
    });

    it('stops a process that hangs at a second Ctrl-C', async () => {
      const command = await startUntilReady();
      process.kill(command.find(API).pid, 'SIGSTOP');
      command.signal('SIGINT');
      await command.until('Stopping');
      command.signal('SIGINT');
      expect(await command.exit()).toBe(130);
      expect(await command.leftOver()).toEqual([]);
    });
  });

  describe('when a process is killed', () => {
    it.each([
      ['begin to load', 0],
      ['start', 700],
    ])('the supervisor, while the processes %s: they stop as well', async (_, milliseconds) => {
      const command = start();
      await command.until('The schema is up to date');
      await delay(milliseconds);
      command.signal('SIGKILL');
      expect(await command.exit()).toBeNull();
      expect(await command.leftOver(POSTGRES)).toEqual([]);
    });

    it('the supervisor: both processes stop, and the next start stops the database', async () => {
      const killed = await startUntilReady();
      const database = killed.find(POSTGRES).pid;
      killed.signal('SIGKILL');
      const next = await startUntilReady();
      expect(next.output).toContain(`an earlier start left behind (pid ${database})`);
      expect(await killed.leftOver()).toEqual([]);
      running = next;
    });

    it.each([
      ['The database', POSTGRES],
      ['The auth server', AUTH],
      ['The API', API],
    ])('%s: stops the others, names it, exits with 1', async (name, part) => {
      const command = await takeRunning();
      command.children();
      process.kill(command.find(part).pid, 'SIGKILL');
      expect(await command.exit()).toBe(1);
      expect(command.output).toContain(`${name} ended unexpectedly (SIGKILL).`);
      await expectNothingLeft(command);
    });
  });

  it('npm run database: provides the database for processes that are started alone', async () => {
    const command = start({}, 'database');
    await command.until('The embedded database is ready');
    const client = new Client(
      readFileSync(join(place.folder, '.data/database-url'), 'utf8').trim(),
    );
    await client.connect();
    const { rows } = await client.query('SELECT email FROM "user"');
    await client.end();
    expect(rows).toEqual([{ email: 'admin@example.com' }]);
    await expectPortToBeNamed();
    const { pid } = command.find(POSTGRES);
    command.signal('SIGINT');
    expect(await command.exit()).toBe(0);
    expect(findProcess(pid)).toBeNull();
  });

  /** By the API, when it is started alone; Nest would print a line of its own. */
  async function expectPortToBeNamed(): Promise<void> {
    const other = await listen(0);
    const { port } = other.address() as AddressInfo;
    const env = { ...place.env, LOG_LEVEL: 'error', API_PORT: String(port) };
    const command = new Command(place.folder, env, [join(DIST, API)]);
    expect(await command.exit()).toBe(1);
    expect(command.output).toBe(
      `Port ${port} is in use by another process. Stop that process, or set API_PORT to another port.\n`,
    );
    other.close();
  }

  /** The first of two ports in a row. */
  async function reservePair(): Promise<number> {
    const [port, next] = await reservePorts(2);
    return next === port! + 1 ? port! : reservePair();
  }

  function isInFolder(pattern: RegExp): boolean {
    return place.files().some((name) => pattern.test(name));
  }
});

async function listen(port: number, host?: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ port, host }, resolve));
  return server;
}

/** The roles with which the two processes are connected to the embedded database. */
async function loginsOf(folder: string): Promise<string[]> {
  const client = new Client(readFileSync(join(folder, '.data/database-url'), 'utf8').trim());
  await client.connect();
  const { rows } = await client.query<{ usename: string }>(
    `SELECT DISTINCT usename FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY usename`,
  );
  await client.end();
  return rows.map(({ usename }) => usename);
}

/** Files of `.data` that others than the owner may read or change. */
function filesForOthers(folder: string): string[] {
  const data = join(folder, '.data');
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((name) =>
    lstatSync(join(data, name)).isFile(),
  );
  expect(files).toEqual(
    expect.arrayContaining([
      'launcher.lock',
      'database-url',
      'gatehouse_auth-password',
      'gatehouse_api-password',
    ]),
  );
  return files.filter((name) => (lstatSync(join(data, name)).mode & 0o077) !== 0);
}
