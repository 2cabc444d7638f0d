import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_DIRECTORY } from '../../runtime/settings/development';
import { StartError } from '../../runtime/start-error';
import type { Part } from '../foreground/foreground';
import { type ServicePart, startService, waitUntilReady } from '../services/service';
import { say, type StartLog } from '../services/start-log';
import { readinessUrl, type Service } from '../system';
import type { StartMessage } from './standby';

export interface DevProcessOptions {
  root: string;
  service: Service;
  /** Where its debugger listens. */
  debugger: StartMessage;
  log: StartLog;
  /** Aborted when the command stops. */
  signal: AbortSignal;
}

/** One of the two processes. It runs the sources, and may end without ending the command. */
export class DevProcess implements Part {
  readonly ended = new Promise<string>(() => {});
  private running: Part | null = null;
  private lastEnded: Promise<unknown> = Promise.resolve();
  /** Counts the calls of `restart`. */
  private turn = 0;
  private readonly first = Promise.withResolvers<void>();
  /** Has loaded the packages and waits. */
  private standby: (ServicePart & { packages: number }) | null = null;

  constructor(private readonly options: DevProcessOptions) {
    const { signal } = options;
    signal.addEventListener('abort', () => this.first.reject(signal.reason), { once: true });
    // The command may end before it waits.
    this.first.promise.catch(() => {});
  }

  /** Returns when it is ready for the first time. @throws the reason of a stop of the command. */
  untilFirstReady(): Promise<void> {
    return this.first.promise;
  }

  get name(): string {
    return this.options.service.name;
  }

  get service(): Service {
    return this.options.service;
  }

  /** Returns when the process is ready, or has ended. */
  private async start(): Promise<void> {
    const { service, signal } = this.options;
    const part = this.takeStandby() ?? this.spawn();
    part.send(this.options.debugger);
    this.running = part;
    this.lastEnded = part.ended;
    const stopWaiting = new AbortController();
    const ended = part.ended.then((how) => {
      this.explainEnd(part, how);
      stopWaiting.abort();
    });
    const url = readinessUrl(service);
    const limit = AbortSignal.any([signal, stopWaiting.signal]);
    await Promise.race([ended, this.untilReady(url, limit)]);
    signal.throwIfAborted();
    this.prepareStandby();
  }

  /**
   * Starts it, also for the first time. Kills the old process: an orderly stop waits for kept
   * connections and for a debugger. A later call takes over from one that still waits.
   */
  async restart(): Promise<void> {
    const turn = ++this.turn;
    const old = this.running;
    this.running = null;
    old?.kill();
    await this.lastEnded;
    if (turn === this.turn) await this.start();
  }

  isRunning(): boolean {
    return this.running !== null;
  }

  async stop(): Promise<void> {
    const part = this.running;
    this.running = null;
    this.standby?.kill();
    await Promise.all([part?.stop(), this.standby?.ended]);
  }

  kill(): void {
    this.running?.kill();
    this.standby?.kill();
  }

  /** The API waits for the auth server, which can wait for the next change. */
  private async untilReady(url: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await waitUntilReady({ name: this.name, url, signal });
        return this.first.resolve();
      } catch (error) {
        if (!(error instanceof StartError)) throw error;
        say(error.message);
      }
    }
  }

  private prepareStandby(): void {
    this.standby ??= { ...this.spawn(), packages: packagesTime(this.options.root) };
    const part = this.standby;
    void part.ended.then(() => {
      if (this.standby === part) this.standby = null;
    });
  }

  /** @returns `null` also when the packages have changed since it loaded them. */
  private takeStandby(): ServicePart | null {
    const part = this.standby;
    this.standby = null;
    if (part?.packages === packagesTime(this.options.root)) return part;
    part?.kill();
    return null;
  }

  private spawn(): ServicePart {
    const { root, service, log } = this.options;
    return startService({
      name: service.name,
      command: [
        runnerOf(root),
        join(root, 'launcher/dev/standby.ts'),
        join(root, service.folder, 'main.ts'),
        join(DATA_DIRECTORY, `packages-${service.folder}.json`),
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

/** When npm changed the packages the last time. */
function packagesTime(root: string): number {
  const file = join(root, 'node_modules/.package-lock.json');
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
