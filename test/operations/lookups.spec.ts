import { type Processes, startProcesses } from './processes';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';

let database: TestDatabase;
let processes: Processes;

beforeAll(async () => {
  database = await createTestDatabase();
  processes = await startProcesses(database.url, {
    NODE_OPTIONS: `--require=${require.resolve('./lookup-probe.cjs')}`,
  });
});

afterAll(async () => {
  await Promise.all([processes.api.stop(), processes.auth.stop()]);
  await database.drop();
});

/**
 * A look-up without an answer occupies a thread for 10 s or longer, and look-ups have half of the
 * threads. Without the bound, callers of one name would take them from the name of the database.
 */
it.each(['api', 'auth'] as const)(
  'ten callers of one name have two of the many threads (%s)',
  async (name) => {
    const server = processes[name];
    // A connection that is opened at the same moment has a look-up of its own.
    await eventually(() => {
      server.signal('SIGUSR2');
      expect(server.log).toMatch(/^2 look-ups, (1[6-9]|[2-9]\d) threads$/m);
    });
  },
);
