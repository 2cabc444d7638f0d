import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOwner, takeLock } from '../../launcher/foreground/owner-lock';
import { findProcess } from '../../launcher/foreground/process-table';

describe('the lock of a running command', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'));
    file = join(folder, 'launcher.lock');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is acquired once, and again after its release', () => {
    const lock = takeLock(file);
    expect(lock.takenOver).toBe(false);
    expect(findOwner(file)).toBe(process.pid);
    expect(() => takeLock(file)).toThrow(`already running (pid ${process.pid})`);
    lock.release();
    expect(findOwner(file)).toBeNull();
    expect(takeLock(file).takenOver).toBe(false);
  });

  it('is taken from an owner that was killed', async () => {
    const owner = spawn('sleep', ['60']);
    writeFileSync(file, `${owner.pid} ${findProcess(owner.pid!)!.startedAt}\n`);
    expect(() => takeLock(file)).toThrow(`already running (pid ${owner.pid})`);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(takeLock(file).takenOver).toBe(true);
    expect(readdirSync(folder)).toEqual(['launcher.lock']);
  });

  it('is taken when the pid of its owner belongs to another process', () => {
    writeFileSync(file, `${process.pid} 1\n`);
    expect(takeLock(file).takenOver).toBe(true);
  });

  it.each(['', '\n', 'rubbish', '-1 5'])('is taken when it contains %j', (content) => {
    writeFileSync(file, content);
    expect(takeLock(file).takenOver).toBe(true);
    expect(findOwner(file)).toBe(process.pid);
  });
});
