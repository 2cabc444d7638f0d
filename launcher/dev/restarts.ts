import { join } from 'node:path';
import type { Foreground } from '../foreground/foreground';
import { startService } from '../services/service';
import { say } from '../services/start-log';
import { findCompileErrors } from './compile';
import { runnerOf, type DevProcess } from './dev-process';
import { changesDatabase, isLoadedBy } from './sources';

export interface RestartOptions {
  root: string;
  processes: DevProcess[];
  foreground: Foreground;
}

/**
 * Restarts processes after changes. A further change does not wait until a process is ready: it may
 * be the one that the process needs.
 */
export class Restarts {
  /** Changed since the last restart. While a file does not compile, all of them wait. */
  private readonly changed = new Set<string>();
  private hasNews = false;
  private isBusy = false;
  private interrupt = (): void => {};

  constructor(private readonly options: RestartOptions) {}

  add(files: string[]): void {
    for (const file of files) this.changed.add(file);
    this.hasNews = true;
    this.interrupt();
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    const { signal } = this.options.foreground;
    while (this.hasNews && !signal.aborted) {
      this.hasNews = false;
      const news = new Promise<void>((resolve) => (this.interrupt = resolve));
      await this.apply(news).catch((error: unknown) => {
        if (!signal.aborted) say(String(error));
      });
    }
    this.isBusy = false;
  }

  /** @param news ends the wait for processes that are not ready. */
  private async apply(news: Promise<void>): Promise<void> {
    const { root, processes } = this.options;
    const begin = performance.now();
    const files = [...this.changed];
    const errors = findCompileErrors(root, files);
    if (errors.length > 0) return say([...errors, 'The processes stay as they are.'].join('\n'));
    if (files.some(changesDatabase) && !(await this.migrate())) return;
    for (const file of files) this.changed.delete(file);
    const affected = processes.filter((each) => !each.isRunning() || loadsOneOf(each, files));
    await Promise.race([Promise.all(affected.map((each) => each.restart())), news]);
    if (this.hasNews) return;
    const ready = affected.filter((each) => each.isRunning()).map(({ name }) => name);
    if (ready.length === 0) return;
    const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
    say(`Restarted in ${seconds} s: ${ready.join(', ')} (${describeFiles(files)}).`);
  }

  /** In a process of its own, because this one has loaded the earlier list of migrations. */
  private async migrate(): Promise<boolean> {
    const { root } = this.options;
    const run = startService({
      name: 'The migration',
      command: [runnerOf(root), join(root, 'launcher/migrate.ts')],
      env: process.env,
      onLine: say,
    });
    return (await run.ended) === 'exit code 0';
  }
}

function loadsOneOf({ service }: DevProcess, files: string[]): boolean {
  return files.some((file) => isLoadedBy(service, file));
}

function describeFiles([first, ...others]: string[]): string {
  return others.length === 0 ? first! : `${first} and ${others.length} more`;
}
