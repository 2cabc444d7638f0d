import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess, waitForEnd } from '../../launcher/foreground/process-table';
import { reservePorts } from '../support/ports';
import { makeServerFolder } from '../support/servers/server-folder';

/** The process behind `npm start`. */
export const DOOR = join(__dirname, '../../launcher/start.mjs');
/** Ends a wait that hangs. It is no measure of speed. */
const LIMIT_MS = 240_000;
/** "Within seconds", also on a loaded host. */
const STOP_LIMIT_MS = 60_000;

export interface Child {
  pid: number;
  command: string;
}

/** A command of the launcher, or a file with its arguments, started in a folder with an environment. */
export class Command {
  output = '';
  private readonly seen = new Map<number, Child>();
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | null>;

  constructor(folder: string, env: NodeJS.ProcessEnv, command: string | string[] = 'start') {
    const file = typeof command === 'string' ? [DOOR, command] : command;
    this.child = spawn(process.execPath, file, {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (chunk) => (this.output += String(chunk)));
    }
    this.exited = new Promise((resolve) => this.child.once('close', resolve));
  }

  get pid(): number {
    return this.child.pid!;
  }

  signal(signal: NodeJS.Signals): void {
    this.children();
    this.child.kill(signal);
  }

  /** @returns the exit code, `null` after a signal that it could not handle. */
  async exit(): Promise<number | null> {
    return within(this.exited, `exit; it said:\n${this.output}`);
  }

  /** Waits for a text of its output, or for a file. */
  async until(sign: string | (() => boolean)): Promise<void> {
    const isThere = () => (typeof sign === 'string' ? this.output.includes(sign) : sign());
    await waitUntil(() => isThere() || this.child.exitCode !== null);
    if (!isThere()) throw new Error(`it ended before ${String(sign)} and said:\n${this.output}`);
  }

  /** Its current children; {@link leftOver} uses them. */
  children(): Child[] {
    const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], {
      encoding: 'utf8',
    });
    const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
    const children = rows
      .filter(([, parent]) => Number(parent) === this.pid)
      .map(([pid, , ...words]) => ({ pid: Number(pid), command: words.join(' ') }));
    for (const child of children) this.seen.set(child.pid, child);
    return children;
  }

  find(part: string): Child {
    const found = this.children().find(({ command }) => command.includes(part));
    if (!found) throw new Error(`${part} is not running`);
    return found;
  }

  /** Children that still run after the time of a stop, except one. */
  async leftOver(except = 'nothing'): Promise<Child[]> {
    const deadline = Date.now() + STOP_LIMIT_MS;
    const children = [...this.seen.values()].filter(({ command }) => !command.includes(except));
    for (const { pid } of children) await waitForEnd(pid, deadline - Date.now());
    return children.filter(({ pid }) => findProcess(pid) !== null);
  }
}

export async function waitUntil(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${String(isSo)}`);
    await delay(5);
  }
}

/** A folder to start in, and free ports. */
export interface Place {
  folder: string;
  env: NodeJS.ProcessEnv;
  has(file: string): boolean;
  /** Names in its `.data`. */
  files(): string[];
  remove(): void;
}

export async function makePlace(): Promise<Place> {
  const folder = makeServerFolder('gatehouse-launcher-');
  const [authPort, apiPort] = await reservePorts(2);
  return {
    folder,
    env: { AUTH_PORT: String(authPort), API_PORT: String(apiPort) },
    has: (file) => existsSync(join(folder, file)),
    files: () => (existsSync(join(folder, '.data')) ? readdirSync(join(folder, '.data')) : []),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = delay(LIMIT_MS, 'late' as const, { ref: false });
  const result = await Promise.race([promise, late]);
  if (result === 'late') throw new Error(`waited in vain for ${what}`);
  return result;
}
