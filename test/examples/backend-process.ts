import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { reservePorts } from '../support/ports';

const ROOT = join(__dirname, '../..');
const EXAMPLES = join(ROOT, 'examples');
const RUN_TYPESCRIPT = join(__dirname, '../support/run-typescript.cjs');

export const BACKENDS = ['fastapi', 'express', 'nest'] as const;

export type BackendName = (typeof BACKENDS)[number];

/** A backend of `examples/`, as a process of its own. */
export class BackendProcess {
  private constructor(
    readonly name: BackendName,
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  /** @param env its settings. It listens some time later. */
  static async start(name: BackendName, env: NodeJS.ProcessEnv): Promise<BackendProcess> {
    const [port] = await reservePorts(1);
    const [command, ...parameters] = commandOf(name, port!);
    const child = spawn(command, parameters, {
      cwd: name === 'fastapi' ? join(EXAMPLES, name) : ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PORT: String(port), ...env },
    });
    return new BackendProcess(name, `http://127.0.0.1:${port}`, child);
  }

  async isCurrent(): Promise<boolean> {
    if (this.child.exitCode !== null) throw new Error(`${this.name} has ended`);
    const response = await fetch(`${this.url}/health`).catch(() => null);
    return ((await response?.json()) as { current: boolean } | undefined)?.current ?? false;
  }

  async statusOf(path: string, token?: string): Promise<number> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(this.url + path, { headers });
    await response.arrayBuffer();
    return response.status;
  }

  /** @returns the exit code. */
  async stop(): Promise<number | null> {
    const exited = this.child.exitCode === null ? once(this.child, 'exit') : null;
    this.child.kill('SIGTERM');
    await exited;
    return this.child.exitCode;
  }
}

function commandOf(name: BackendName, port: number): [string, ...string[]] {
  if (name !== 'fastapi') {
    return [process.execPath, RUN_TYPESCRIPT, join(EXAMPLES, name, 'main.ts')];
  }
  const parameters = ['--port', String(port), '--log-level', 'error'];
  return ['/usr/bin/python3', '-m', 'uvicorn', 'main:app', ...parameters];
}
