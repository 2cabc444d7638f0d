import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

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
      const ended = once(child, 'exit');
      await once(silent, 'connection');
      child.kill('SIGTERM');
      // By the signal itself: [null, 'SIGTERM'].
      expect(await ended).toEqual([143, null]);
      silent.close();
    },
  );
});
