import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { settingsAs } from '../servers/database-logins';
import { reservePorts } from '../ports';
import { startAgain } from './start-again';
import type { Settings } from '../../../runtime/settings/load';

const ROOT = join(__dirname, '../../..');

/** Ends a wait that hangs; a loaded host needs some seconds. */
const START_LIMIT_MS = 120_000;

export interface ReplicaOptions {
  /** Of the system that it belongs to. */
  settings: Settings;
  /** Environment variables in addition to those. */
  env?: NodeJS.ProcessEnv;
  /** Default: a free one. */
  port?: number;
}

export interface LogEntry {
  level: string;
  msg: string;
  [name: string]: unknown;
}

/** A replica of the API in a separate process, with its own event loop. */
export class ReplicaProcess {
  readonly log: LogEntry[] = [];
  private readonly ended: Promise<unknown>;
  private hasEnded = false;

  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {
    // After the last line that it has written, unlike `exit`.
    this.ended = once(child, 'close').then(() => {
      this.hasEnded = true;
    });
    createInterface(child.stdout!).on('line', (line) => this.take(line));
    createInterface(child.stderr!).on('line', (line) => {
      process.stderr.write(`${line}\n`);
      this.take(line);
    });
  }

  /** Starts it and waits until it listens. */
  static start(options: ReplicaOptions): Promise<ReplicaProcess> {
    return startAgain(() => ReplicaProcess.startOnce(options));
  }

  private static async startOnce(options: ReplicaOptions): Promise<ReplicaProcess> {
    const { settings, env = {}, port: given } = options;
    const port = given ?? (await reservePorts(1))[0];
    const arguments_ = [join(__dirname, '../run-typescript.cjs'), join(ROOT, 'src/main.ts')];
    const child = spawn(process.execPath, arguments_, {
      cwd: ROOT,
      env: { ...toEnvironment(settingsAs('api', settings)), API_PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const replica = new ReplicaProcess(`http://localhost:${port}`, child);
    await replica.untilLogged('API listens');
    return replica;
  }

  /** Waits until it has logged a message that contains the text. */
  async untilLogged(text: string): Promise<LogEntry> {
    const deadline = performance.now() + START_LIMIT_MS;
    for (;;) {
      const entry = this.log.find(({ msg }) => msg.includes(text));
      if (entry) return entry;
      const isOver = this.hasEnded || performance.now() > deadline;
      if (isOver) throw new Error(`never logged: ${text}; but ${JSON.stringify(this.log)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Pauses the process, as a hypervisor pauses a virtual machine. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** Ends the process without a chance to close anything. */
  async crash(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** @returns the exit code, `null` when it had to be killed. */
  async stop(): Promise<number | null> {
    this.resume();
    this.child.kill('SIGTERM');
    await this.ended;
    return this.child.exitCode;
  }

  private take(line: string): void {
    try {
      this.log.push(JSON.parse(line) as LogEntry);
    } catch {
      this.log.push({ level: 'none', msg: line });
    }
  }
}

/** The settings of a process of a system: of one replica of several, or of its auth server. */
export function toEnvironment(settings: Settings): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'test',
    DATABASE_URL: settings.databaseUrl,
    DATABASE_DIRECT_URL: settings.databaseDirectUrl,
    AUTH_URL: settings.authUrl,
    AUTH_PORT: String(settings.authPort),
    API_URL: settings.apiUrl,
    BETTER_AUTH_SECRET: settings.betterAuthSecret,
    INTERNAL_SECRET: settings.internalSecret ?? '',
    LOG_LEVEL: 'info',
  };
}
