import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ASK_USAGE, type Usage } from './probe';

export const HOST = '127.0.0.1';

const START_LIMIT_MS = 60_000;
const PAUSE_MS = 10;

export interface ServerOptions {
  name: string;
  /** The compiled entry point. */
  script: string;
  /** Handed over as JSON, in the first argument. */
  configuration?: object;
  env?: Record<string, string>;
  directory?: string;
  /** The server has started when this path is answered, with any status. */
  readyPath: string;
  /** With these headers, only the status 200 counts as an answer. */
  readyHeaders?: Record<string, string>;
  port: number;
  /** Further flags of Node.js. */
  flags?: readonly string[];
}

/** A server as a process of its own, whose use of CPU and memory can be read. */
export class ServerProcess {
  private output = '';

  private constructor(
    readonly options: ServerOptions,
    private readonly child: ChildProcess,
  ) {
    child.stderr?.on('data', (text) => this.keep(text));
    child.stdout?.on('data', (text) => this.keep(text));
  }

  static async start(options: ServerOptions): Promise<ServerProcess> {
    const { script, configuration, env = {}, directory, flags = [] } = options;
    const child = fork(script, configuration ? [JSON.stringify(configuration)] : [], {
      execArgv: ['--require', join(__dirname, 'probe.js'), ...flags],
      env,
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const server = new ServerProcess(options, child);
    await server.untilReady();
    return server;
  }

  get port(): number {
    return this.options.port;
  }

  get url(): string {
    return `http://${HOST}:${this.port}`;
  }

  async usage(): Promise<Usage> {
    const answer = once(this.child, 'message');
    this.child.send(ASK_USAGE);
    const [usage] = (await answer) as [Usage];
    return usage;
  }

  async stop(): Promise<void> {
    if (this.hasEnded()) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  private keep(text: unknown): void {
    this.output = (this.output + String(text)).slice(-4_000);
  }

  private hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async untilReady(): Promise<void> {
    const deadline = performance.now() + START_LIMIT_MS;
    for (;;) {
      const { name, readyPath, readyHeaders } = this.options;
      if (this.hasEnded() || performance.now() > deadline) {
        throw new Error(`${name} did not start:\n${this.output}`);
      }
      const response = await fetch(this.url + readyPath, { headers: readyHeaders }).catch(
        () => null,
      );
      await response?.arrayBuffer();
      if (response && (response.status === 200 || !readyHeaders)) return;
      await sleep(PAUSE_MS);
    }
  }
}
