import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CHEAP_HASHES } from '../support/auth-server/hash-cost';
import { reservePorts } from '../support/ports';
import { startAgain } from '../support/processes/start-again';

const ROOT = join(__dirname, '../..');
const START_LIMIT_MS = 120_000;

export interface ServerStart {
  url: string;
  env: NodeJS.ProcessEnv;
  /** The checkout of the version that runs; default: this one. */
  root?: string;
}

/** One of the two processes, started as in production, with its own event loop. */
export class ServerProcess {
  log = '';

  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {
    child.stdout!.on('data', (text: Buffer) => (this.log += text.toString()));
    child.stderr!.on('data', (text: Buffer) => (this.log += text.toString()));
  }

  /** @param url where the process listens; it is ready when the returned promise resolves. */
  static start(
    main: 'auth-server/main.ts' | 'src/main.ts',
    options: ServerStart,
  ): Promise<ServerProcess> {
    return startAgain(() => ServerProcess.startOnce(main, options));
  }

  private static async startOnce(
    main: string,
    { url, env, root = ROOT }: ServerStart,
  ): Promise<ServerProcess> {
    const script = join(root, 'test/support/run-typescript.cjs');
    const child = spawn(process.execPath, [script, join(root, main)], { cwd: root, env });
    const server = new ServerProcess(url, child);
    const deadline = performance.now() + START_LIMIT_MS;
    while (!(await server.isReady())) {
      if (server.exitCode !== null || performance.now() > deadline) throw new Error(server.log);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return server;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** `null` while the process runs, and after a signal ended it. */
  get exitCode(): number | null {
    return this.child.exitCode;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/health/ready`, {
        signal: AbortSignal.timeout(2_000),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** `kill -9`. A process that has ended stays ended. */
  async crash(): Promise<void> {
    if (!this.isRunning) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  /** @returns the status with which the process ended; `null` after a signal. */
  async stop(): Promise<number | null> {
    if (!this.isRunning) return this.exitCode;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
    return this.exitCode;
  }
}

export interface Processes {
  auth: ServerProcess;
  api: ServerProcess;
}

/** Both processes before one database that has the schema. */
export async function startProcesses(
  databaseUrl: string,
  more: NodeJS.ProcessEnv = {},
): Promise<Processes> {
  const env = await environmentOf(databaseUrl, more);
  const auth = await ServerProcess.start('auth-server/main.ts', { url: env.AUTH_URL, env });
  const api = await ServerProcess.start('src/main.ts', { url: env.API_URL, env });
  return { auth, api };
}

/** Of both processes, with ports that are free. */
export async function environmentOf(databaseUrl: string, more: NodeJS.ProcessEnv = {}) {
  const [authPort, apiPort] = await reservePorts(2);
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    AUTH_PORT: String(authPort),
    API_PORT: String(apiPort),
    AUTH_URL: `http://localhost:${authPort}`,
    API_URL: `http://localhost:${apiPort}`,
    BETTER_AUTH_SECRET: 'a test secret of more than 32 characters',
    INTERNAL_SECRET: 'another test secret of more than 32 characters',
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: 'the first administrator',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'info',
    ...CHEAP_HASHES,
    ...more,
  };
}
