import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { isDatabaseUnavailable } from './database-errors';
import { DatabasePool } from './database-pool';

describe('a pool of connections', () => {
  it('ends the request to a server that does not answer, also when the limit is named without a value', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    // As TypeORM creates it.
    const pool = new DatabasePool({
      connectionString: `postgres://someone:secret@127.0.0.1:${port}/anything`,
      connectionTimeoutMillis: undefined,
    });
    const connecting: Promise<unknown> = pool.connect();
    const error = await connecting.catch((cause: unknown) => cause);
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(pool.totalCount).toBe(0);
    await pool.end();
    silent.close();
  });
});
