import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startService } from '../../launcher/services/service';

const RUNNER = 'test/support/run-typescript.cjs';

const SECRET = 'a test secret of more than 32 characters';

describe('a signal during the start', () => {
  // The first process of a container is not ended by a signal without a listener.
  it.each(['auth-server/main.ts', 'src/main.ts', 'launcher/migrate.ts'])(
    'ends %s by a listener, while the database does not answer',
    async (main) => {
      const silent = createServer().listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      const child = spawn(process.execPath, [RUNNER, main], {
        env: {
          PATH: process.env.PATH,
          NODE_ENV: 'test',
          DATABASE_URL: `postgres://a:b@127.0.0.1:${port}/none`,
          BETTER_AUTH_SECRET: SECRET,
        },
        stdio: 'ignore',
      });
      try {
        const ended = once(child, 'exit');
        await once(silent, 'connection');
        child.kill('SIGTERM');
        // By the signal itself: [null, 'SIGTERM'].
        expect(await ended).toEqual([143, null]);
      } finally {
        child.kill('SIGKILL');
        silent.close();
      }
    },
  );
});

it('a signal at the end of the start stops the process in order', async () => {
  const script = `
    require('./test/support/native/typescript-hook.cjs').loadTypeScript();
    require('./runtime/entry/start-signals');
    const { stopCleanlyOnSignal } = require('./runtime/lifecycle/lifecycle');
    setInterval(() => {}, 1_000);
    process.kill(process.pid, 'SIGTERM');
    // The signal arrives in this turn of the event loop, which still has the listener of the start.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    stopCleanlyOnSignal({ logger: { info() {} }, stopLimitMs: 9_000 }, async () => {});
  `;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const late = sleep(30_000, 'still running', { ref: false });
  try {
    expect(await Promise.race([ended, late])).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

// The stop takes longer than that of a process without a pause.
it('the launcher leaves a process the pause before its stop', async () => {
  const lines: string[] = [];
  const script = `
    process.on('SIGTERM', () => setTimeout(() => process.exit(0), 12_000));
    console.log('listening');
  `;
  const service = startService({
    name: 'A process',
    command: ['-e', script],
    env: { PATH: process.env.PATH },
    onLine: (line) => lines.push(line),
    shutdownDelay: 10_000,
  });
  while (!lines.includes('listening')) await sleep(10);
  await service.stop();
  expect(await service.ended).toBe('exit code 0');
});
