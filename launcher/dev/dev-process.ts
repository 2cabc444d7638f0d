import { join } from 'node:path';
import type { Part } from '../foreground';
import { startService, waitUntilReady } from '../services/service';
import { say, type StartLog } from '../services/start-log';
import { readinessUrl, type Service } from '../system';

export interface DevProcessOptions {
  root: string;
  service: Service;
  /** The host and port of its debugger. */
  debugger: string;
  log: StartLog;
  /** Aborted when the command stops. */
  signal: AbortSignal;
}

/** One of the two processes. It runs the sources, and may end without ending the command. */
export class DevProcess implements Part {
  readonly ended = new Promise<string>(() => {});
  private running: Part | null = null;

  constructor(private readonly options: DevProcessOptions) {}

  get name(): string {
    return this.options.service.name;
  }

  get service(): Service {
    return this.options.service;
  }

  /** Returns when the process is ready, or has ended. */
  async start(): Promise<void> {
    const { service, signal } = this.options;
    const part = this.spawn();
    this.running = part;
    const stopWaiting = new AbortController();
    const ended = part.ended.then((how) => {
      this.explainEnd(part, how);
      stopWaiting.abort();
    });
    const url = readinessUrl(service);
    const limit = AbortSignal.any([signal, stopWaiting.signal]);
    await Promise.race([ended, waitUntilReady({ name: this.name, url, signal: limit })]);
    signal.throwIfAborted();
  }

  /** Kills the old process: an orderly stop waits for kept connections and for a debugger. */
  async restart(): Promise<void> {
    const old = this.running;
    this.running = null;
    old?.kill();
    await old?.ended;
    await this.start();
  }

  isRunning(): boolean {
    return this.running !== null;
  }

  async stop(): Promise<void> {
    const part = this.running;
    this.running = null;
    await part?.stop();
  }

  kill(): void {
    this.running?.kill();
  }

  private spawn(): Part {
    const { root, service, log } = this.options;
    return startService({
      name: service.name,
      command: [
        `--inspect=${this.options.debugger}`,
        runnerOf(root),
        join(root, service.folder, 'main.ts'),
      ],
      env: service.env,
      onLine: (line) => {
        if (!isFromDebugger(line)) log.print(line, service.source);
      },
    });
  }

  private explainEnd(part: Part, how: string): void {
    if (this.running !== part) return;
    this.running = null;
    say(`${this.name} ended (${how}). It starts again after the next change.`);
  }
}

/** Compiles a file when it is loaded, and keeps the result. */
export function runnerOf(root: string): string {
  return join(root, 'test/support/run-typescript.cjs');
}

/** The port is printed once, by the command. */
function isFromDebugger(line: string): boolean {
  return /^(Debugger listening on|For help, see: https:\/\/nodejs)/.test(line);
}
