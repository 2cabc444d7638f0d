import { parseArgs } from 'node:util';

const USAGE = 'Usage: npm run seed -- --users <1 to 1000000> [--database <URL>]';
const MOST_USERS = 1_000_000;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', '::1', ''];

export interface SeedTask {
  databaseUrl: string;
  users: number;
}

/**
 * @param env with `DATABASE_URL` of the settings or of the running embedded database. @throws
 * {Error} that states why this database gets no seeded users.
 */
export function readTask(arguments_: readonly string[], env: NodeJS.ProcessEnv): SeedTask {
  const { users, database } = readOptions(arguments_);
  if (env.NODE_ENV === 'production') {
    throw new Error('Seeded users have one known password: refused with NODE_ENV=production.');
  }
  const databaseUrl = database ?? env.DATABASE_URL;
  if (!databaseUrl) {
    throw new Error('No database is running. Start one with `npm start` or `npm run dev`.');
  }
  const host = hostOf(toUrl(databaseUrl), env);
  if (database === undefined && !isThisHost(host)) {
    throw new Error(
      `DATABASE_URL is at ${host}, not on this host. Name the database with --database to seed it.`,
    );
  }
  return { databaseUrl, users };
}

function readOptions(arguments_: readonly string[]): { users: number; database?: string } {
  const options = {
    users: { type: 'string', default: '1000' },
    database: { type: 'string' },
  } as const;
  try {
    const { values } = parseArgs({ args: [...arguments_], options });
    const users = Number(values.users);
    const isCount = /^\d+$/.test(values.users) && users >= 1 && users <= MOST_USERS;
    if (isCount) return { users, database: values.database };
  } catch {
    // An unknown option.
  }
  throw new Error(USAGE);
}

/** As node-postgres reads it: the parameter first, and `PGHOST` without any host. */
function hostOf({ hostname, searchParams }: URL, env: NodeJS.ProcessEnv): string {
  return searchParams.getAll('host').at(-1) || hostname || env.PGHOST || '';
}

/** A path is the folder of a Unix domain socket. */
function isThisHost(host: string): boolean {
  return LOOPBACK.includes(host) || host.startsWith('/');
}

/** The URL itself is not repeated: it can contain a password. */
function toUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new Error('The address of the database is no URL.');
  }
}
