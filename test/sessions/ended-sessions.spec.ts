import type { RunningAuthServer, SignedIn } from '../support/auth-server/harness';
import { startAuthServer } from '../support/auth-server/harness';
import { eventually } from '../support/eventually';

let server: RunningAuthServer;
let user: SignedIn;

beforeAll(async () => {
  server = await startAuthServer();
  user = await server.signUp('user@example.com');
  // The next use extends it.
  await server.sql.query(`UPDATE session SET expires_at = now() + interval '5 days'`);
});

afterAll(() => server.stop());

describe('a session that a statement ends', () => {
  it('is not extended by a request that has read it before', async () => {
    const writer = await server.sql.connect();
    await writer.query('BEGIN');
    await writer.query('UPDATE session SET expires_at = now()');
    const using = server.get('/api/auth/get-session', user.bearer).then((answer) => answer);
    await eventually(async () => {
      const { rowCount } = await server.sql.query(
        `SELECT FROM pg_stat_activity
          WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      expect(rowCount).toBe(1);
    });
    await writer.query('COMMIT');
    writer.release();
    expect((await using).status).toBe(401);
    await server.get('/api/auth/token', user.bearer).expect(401);
  });

  it('is extended by no other statement', async () => {
    const { rowCount } = await server.sql.query(
      `UPDATE session SET expires_at = now() + interval '7 days'`,
    );
    expect(rowCount).toBe(0);
    const { rows } = await server.sql.query(
      'SELECT expires_at <= now() AS "hasEnded" FROM session',
    );
    expect(rows).toEqual([{ hasEnded: true }]);
  });
});
