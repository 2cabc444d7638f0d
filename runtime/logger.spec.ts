import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SUPPORT = join(__dirname, '../test/support');

/** Much more than a pipe and the lines that wait for it hold. */
const WRITTEN = 6 * 2 ** 20;

/** Bytes, with the lines that wait. */
const MOST_GROWTH = 4 * 2 ** 20;

describe('a process', () => {
  let folder: string;
  let writer: ChildProcess;
  let log: number;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-log-'));
  });

  afterEach(() => {
    writer.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  function start(stdout: number | 'pipe', characters = WRITTEN): void {
    const parameters = ['run-typescript.cjs', 'processes/log-writer.ts'].map((path) =>
      join(SUPPORT, path),
    );
    const flags = ['--expose-gc', ...parameters, String(characters)];
    writer = spawn(process.execPath, flags, { stdio: ['ignore', stdout, 'inherit', 'ipc'] });
  }

  /** It has written everything, and holds little. */
  async function expectGoesOn(): Promise<void> {
    const [growth] = (await once(writer, 'message')) as [number];
    expect(growth).toBeLessThan(MOST_GROWTH);
  }

  async function expectEnds(): Promise<void> {
    writer.disconnect();
    expect(await once(writer, 'exit')).toEqual([0, null]);
  }

  it.each([
    ['a pipe that is not read', () => openPipe()],
    ['a file on a full disk', () => openSync('/dev/full', 'w')],
  ])('goes on and ends when its log is %s', async (_name, open) => {
    log = open();
    start(log);
    await expectGoesOn();
    await expectEnds();
    closeSync(log);
  });

  /** Open for both directions: it has a reader. */
  function openPipe(): number {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    return openSync(path, 'r+');
  }

  it('goes on and ends when the reader of its log has ended', async () => {
    start('pipe');
    writer.stdout!.destroy();
    await expectGoesOn();
    await expectEnds();
  });

  it('writes the lines that wait at its exit', async () => {
    start('pipe', 300_000);
    await once(writer, 'message');
    writer.disconnect();
    let text = '';
    for await (const chunk of writer.stdout!) text += String(chunk);
    expect(text).toMatch(/"msg":"the last line"\}\n$/);
  });

  it('writes the lines that waited when its log is read late, without a further line', async () => {
    start('pipe');
    await expectGoesOn();
    let read = 0;
    for await (const chunk of writer.stdout!) {
      read += (chunk as Buffer).length;
      if (read >= 2 ** 20) break;
    }
    expect(read).toBeLessThan(WRITTEN / 2);
    await expectEnds();
  });
});
