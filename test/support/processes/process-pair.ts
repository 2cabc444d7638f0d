import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CHEAP_HASHES } from '../auth-server/hash-cost';
import { Caller } from '../caller';
import { reservePorts } from '../ports';
import { startAgain } from './start-again';

const ROOT = join(__dirname, '../../..');

/** A busy host needs some seconds. */
const START_LIMIT_MS = 120_000;

export const PAIR_ADMINISTRATOR = {
  email: 'admin@example.com',
  password: 'the first administrator',
};

export interface PairOptions {
  databaseUrl: string;
  /** Environment variables of both processes, on top of those of a test. */
  env?: Record<string, string>;
}

/** Auth server and API as two operating system processes, with their own `main.ts`. */
export class ProcessPair {
  private readonly children: ChildProcess[] = [];
  private log = '';

  private constructor(
    readonly authUrl: string,
    readonly apiUrl: string,
    private readonly env: Record<string, string>,
  ) {}

  /** Starts both and waits until both are ready. */
  static start(options: PairOptions): Promise<ProcessPair> {
    return startAgain(() => ProcessPair.startOnce(options));
  }

  private static async startOnce({ databaseUrl, env = {} }: PairOptions): Promise<ProcessPair> {
    const [authPort, apiPort] = await reservePorts(2);
    const pair = new ProcessPair(`http://localhost:${authPort}`, `http://localhost:${apiPort}`, {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'test',
      DATABASE_URL: databaseUrl,
      AUTH_PORT: String(authPort),
      API_PORT: String(apiPort),
      BETTER_AUTH_SECRET: 'a test secret of more than 32 characters',
      INTERNAL_SECRET: 'another test secret of more than 32 characters',
      ADMIN_EMAIL: PAIR_ADMINISTRATOR.email,
      ADMIN_PASSWORD: PAIR_ADMINISTRATOR.password,
      ...CHEAP_HASHES,
      ...env,
    });
    try {
      pair.spawn('auth-server/main.ts');
      await pair.untilReady(pair.authUrl);
      pair.spawn('src/main.ts');
      await pair.untilReady(pair.apiUrl);
    } catch (error) {
      await pair.stop();
      throw error;
    }
    return pair;
  }

  asAnonymous(): Caller {
    return new Caller(this.apiUrl);
  }

  /** What both have logged. */
  get output(): string {
    return this.log;
  }

  /** @returns the exit codes, `null` for a process that a signal ended. */
  async stop(): Promise<(number | null)[]> {
    const codes = this.children.toReversed().map(async (child) => {
      const exited = child.exitCode === null ? once(child, 'exit') : null;
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    });
    return Promise.all(codes);
  }

  private spawn(main: string): void {
    const child = spawn(
      process.execPath,
      [join(__dirname, '../run-typescript.cjs'), join(ROOT, main)],
      { cwd: ROOT, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (this.log += String(chunk)));
    }
    this.children.push(child);
  }

  private async untilReady(url: string): Promise<void> {
    const deadline = performance.now() + START_LIMIT_MS;
    while (!(await isReady(url))) {
      const hasEnded = this.children.some(({ exitCode }) => exitCode !== null);
      if (hasEnded || performance.now() > deadline) throw new Error(`not ready:\n${this.log}`);
      await delay(100);
    }
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}
