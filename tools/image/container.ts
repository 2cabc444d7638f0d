import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Image } from './image-build';

/** A user id that owns nothing, as `node` is in the image. Only root can become it. */
const UNPRIVILEGED_ID = 65_534;
/** Ends a start that hangs. CI runs the tests at the same time, and they go first. */
const START_LIMIT_MS = 300_000;

export interface ContainerOptions {
  image: Image;
  command: string[];
  environment: Record<string, string>;
}

/** A process that runs as a container of the image does, but for the namespaces. */
export class Container {
  private readonly child: ChildProcess;
  private readonly exit: Promise<number | null>;
  private readonly log: string[] = [];

  constructor(private readonly options: ContainerOptions) {
    const { image, command } = options;
    const [file, ...words] = [...image.entrypoint, ...command];
    this.child = spawn(executable(image, file!), words, this.surroundings());
    this.exit = once(this.child, 'close').then(() => this.child.exitCode);
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.log.push(text));
    }
  }

  /** @returns the exit code. */
  ended(): Promise<number | null> {
    return this.exit;
  }

  get output(): string {
    return this.log.join('');
  }

  /** Waits until the health check of the image succeeds. */
  async becomesHealthy(): Promise<void> {
    const deadline = performance.now() + START_LIMIT_MS;
    while (!this.isHealthy()) {
      if (this.child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`not healthy: ${this.options.command.join(' ')}\n${this.output}`);
      }
      await delay(250);
    }
  }

  /** @returns the exit code of a stop by SIGTERM. */
  stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exit;
  }

  private isHealthy(): boolean {
    const { image } = this.options;
    const [file, ...words] = image.healthCheck;
    const { status } = spawnSync(executable(image, file!), words, this.surroundings());
    return status === 0;
  }

  private surroundings() {
    const { image, environment } = this.options;
    const asUser = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
    return {
      ...asUser,
      cwd: join(image.root, image.workingDirectory),
      env: { ...image.environment, ...environment },
    };
  }
}

/** The base image has Node.js on its path; here it is a file of the image's folder. */
function executable({ root }: Image, file: string): string {
  return join(root, 'usr/local/bin', file);
}
