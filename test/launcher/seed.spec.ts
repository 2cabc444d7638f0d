import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { readTask } from '../../tools/seed/seed-command';
import { System, type SignedInUser } from '../support/system';

const ROOT = resolve(__dirname, '../..');
const LOCAL = { DATABASE_URL: 'postgres://owner@127.0.0.1:5432/gatehouse' };
const REMOTE = { DATABASE_URL: 'postgres://owner:secret@db.example.com/gatehouse' };

interface Page {
  items: { id: string; email: string; name: string; role: string; banned: boolean }[];
  totalCount?: number;
}

describe('npm run seed', () => {
  let system: System;
  let admin: SignedInUser;
  let output: string;

  beforeAll(async () => {
    system = await System.start();
    admin = await system.asAdmin();
    output = await seed('--users', '400');
  });

  afterAll(() => system.stop());

  async function seed(...options: string[]): Promise<string> {
    const files = ['test/support/run-typescript.cjs', 'tools/seed/main.ts'];
    const command = [...files, ...options, '--database', system.database.url];
    const { stdout } = await promisify(execFile)(process.execPath, command, {
      cwd: join(ROOT),
      env: { ...process.env, NODE_ENV: 'development', BETTER_AUTH_SECRET: 'x'.repeat(32) },
    });
    return stdout;
  }

  async function count(table: string, condition = 'true'): Promise<number> {
    const sql = `SELECT count(*)::int AS count FROM "${table}" WHERE ${condition}`;
    const [row] = await system.query<{ count: number }>(sql);
    return row!.count;
  }

  it('adds users with sessions and audit events that the lists show', async () => {
    expect(await count('user', `id <> '${admin.id}'`)).toBe(400);
    expect(output).toContain(`Added 400 users with ${await count('session', SEEDED)} sessions`);
    expect(await count('audit_event', `action = 'user.signed_up'`)).toBe(400);
    const [user] = await system.query<{ name: string }>(
      `SELECT name FROM "user" WHERE ${SEEDED_USER} ORDER BY id LIMIT 1`,
    );
    const { name } = user!;
    const query = `/api/v1/admin/users?limit=100&search=${encodeURIComponent(name)}`;
    const answer = await admin.caller.get<Page>(query);
    expect(answer.body.items.map((item) => item.name)).toContain(name);
  });

  it('prints a password with which they sign in', async () => {
    const [, password] = /password of 400 of them, to sign in: (\S+)/.exec(output)!;
    const [user] = await system.query<{ email: string }>(
      `SELECT email FROM "user" WHERE ${SEEDED_USER} AND NOT banned AND email_verified LIMIT 1`,
    );
    const signedIn = await system.signIn({ email: user!.email, password: password! });
    expect((await signedIn.caller.get('/api/v1/users/me')).status).toBe(200);
  });

  it('uses only domains that are reserved for examples and tests', async () => {
    const reserved = String.raw`email ~ '@(example\.(com|net|org)|[a-z]+\.test)$'`;
    expect(await count('user', `NOT (${reserved})`)).toBe(0);
  });

  it('adds users again in a further run', async () => {
    await seed('--users', '20');
    expect(await count('user', SEEDED_USER)).toBe(420);
  });
});

const SEEDED_USER = `email <> 'admin@example.com'`;
const SEEDED = `ip_address LIKE '203.0.113.%' OR ip_address LIKE '2001:db8:%'`;

describe('the database that is seeded', () => {
  it('is that of the settings when it is on this host', () => {
    expect(readTask(['--users', '5'], LOCAL)).toEqual({
      databaseUrl: LOCAL.DATABASE_URL,
      users: 5,
    });
  });

  it('is another host only when it is named', () => {
    expect(() => readTask([], REMOTE)).toThrow('is at db.example.com, not on this host');
    expect(readTask(['--database', REMOTE.DATABASE_URL], LOCAL)).toEqual({
      databaseUrl: REMOTE.DATABASE_URL,
      users: 1_000,
    });
  });

  it.each([
    ['a parameter', { DATABASE_URL: 'postgres://owner@localhost/app?host=db.example.com' }],
    ['a parameter alone', { DATABASE_URL: 'postgres:///app?host=db.example.com' }],
    ['PGHOST', { DATABASE_URL: 'postgres:///app', PGHOST: 'db.example.com' }],
  ])('is refused when %s names another host', (_title, env) => {
    expect(() => readTask([], env)).toThrow('is at db.example.com, not on this host');
  });

  it('is that of a Unix domain socket of this host', () => {
    const env = { DATABASE_URL: 'postgres:///app?host=/var/run/postgresql' };
    expect(readTask([], env).databaseUrl).toBe(env.DATABASE_URL);
  });

  it('is never one in production', () => {
    const env = { ...LOCAL, NODE_ENV: 'production' };
    expect(() => readTask(['--database', LOCAL.DATABASE_URL], env)).toThrow('NODE_ENV=production');
  });

  it.each([[['--users', '0']], [['--users', '-1']], [['--users', '1e3']], [['--what']], [['x']]])(
    'is left alone with the arguments %j',
    (arguments_) => {
      expect(() => readTask(arguments_, LOCAL)).toThrow('Usage');
    },
  );

  it('is named without its password when it is refused', () => {
    expect(() => readTask([], { DATABASE_URL: 'no URL with secret' })).toThrow(/^(?!.*secret).*$/);
    expect(() => readTask([], REMOTE)).toThrow(/^(?!.*secret).*$/);
  });
});
