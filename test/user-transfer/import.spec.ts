import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { pino } from 'pino';
import { parseHash } from '../../auth-server/password/hash-format';
import type { PasswordHashCost } from '../../runtime/settings/password-hash-cost';
import { PasswordHasher } from '../../auth-server/password/password-hasher';
import { PasswordUpgrade } from '../../auth-server/password/password-upgrade';
import { exportUsers } from '../../auth-server/user-transfer/export-users';
import { importUsers, type ImportOptions } from '../../auth-server/user-transfer/import-users';
import { type RunningAuthServer, startAuthServer } from '../support/auth-server/harness';
import { createTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { FIREBASE, keycloakCredential, VECTORS } from './vectors';

/** `npm run users:…` from the sources. */
const COMMAND = `
  require('./test/support/native/typescript-hook.cjs').loadTypeScript();
  require('./auth-server/transfer.ts');`;
const COST = { memory: 8, passes: 1 };
const CURRENT = /^\$argon2id\$v=19\$m=8,t=1,p=1\$/;
const BCRYPT = VECTORS[0]!;

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-import-'));
let server: RunningAuthServer;
let printed: string[];

beforeAll(async () => (server = await startAuthServer()));
beforeEach(() => (printed = []));
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function fileOf(lines: (object | string)[]): string {
  const file = join(folder, 'users.jsonl');
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(file, `${texts.join('\n')}\n`);
  return file;
}

function run(lines: (object | string)[], options: Partial<ImportOptions> = {}) {
  const print = (line: string) => void printed.push(line);
  const given = { file: fileOf(lines), format: 'gatehouse', isDryRun: false, print } as const;
  return importUsers(server.sql, { ...given, ...options });
}

async function readUser(email: string) {
  const { rows } = await server.sql.query(
    `SELECT u.*, a.password FROM "user" u LEFT JOIN account a ON a.user_id = u.id WHERE email = $1`,
    [email],
  );
  return rows[0];
}

/** Signs in with the imported hash, and waits for a hash of today. */
async function expectUpgrade(email: string, password: string): Promise<void> {
  const signIn = { email, password };
  await server.post('/api/auth/sign-in/email', signIn).expect(200);
  await eventually(async () => expect((await readUser(email)).password).toMatch(CURRENT));
  await server.post('/api/auth/sign-in/email', signIn).expect(200);
}

describe('a hash', () => {
  it.each(VECTORS)('of $source signs in once, and is argon2id afterwards', async (vector) => {
    const { hash, password, source } = vector;
    const email = `${source.replace(/\W+/g, '-')}@example.com`;
    const user = { email, name: 'Imported', emailVerified: true, passwordHash: hash };
    expect(await run([user])).toEqual({ created: 1, skipped: 0, failed: 0 });
    await expectUpgrade(email.toLowerCase(), password);
  });

  it('of the page for a locked-out administrator signs in as another one', async () => {
    const page = readFileSync('docs/operations/README.md', 'utf8');
    const [, code] = /node -e '(.*?)' > admin\.jsonl/s.exec(page)!;
    const password = 'ﬁne Straße 0123456789';
    const { stdout } = spawnSync(process.execPath, ['-e', code!], {
      env: { PASSWORD: password },
      encoding: 'utf8',
    });
    expect(await run([stdout.trim()])).toEqual({ created: 1, skipped: 0, failed: 0 });
    await expectUpgrade('second-admin@example.com', password);
    expect(await readUser('second-admin@example.com')).toMatchObject({ role: 'admin' });
  });

  it('of Firebase signs in with the parameters of the project', async () => {
    const { salt, passwordHash, password, parameters } = FIREBASE;
    const user = {
      localId: 'fire1',
      email: 'fire@example.com',
      salt,
      passwordHash,
      disabled: false,
    };
    const options = { format: 'firebase', firebase: parameters } as const;
    expect(await run([user], options)).toMatchObject({ created: 1 });
    await expectUpgrade('fire@example.com', password);
  });

  it('of Auth0 signs in', async () => {
    const user = {
      _id: { $oid: '60425dc43519d90068f82973' },
      email: 'auth0@example.com',
      email_verified: true,
      passwordHash: BCRYPT.hash,
      tenant: 'example',
    };
    expect(await run([user], { format: 'auth0' })).toMatchObject({ created: 1 });
    await expectUpgrade('auth0@example.com', BCRYPT.password);
  });

  it('of Keycloak signs in', async () => {
    const user = {
      id: '1a5e3b1c-0000-4000-8000-000000000001',
      username: 'key',
      email: 'key@example.com',
      firstName: 'Key',
      lastName: 'Cloak',
      enabled: true,
      credentials: [keycloakCredential('keycloak password')],
    };
    expect(await run([user], { format: 'keycloak' })).toMatchObject({ created: 1 });
    expect(await readUser('key@example.com')).toMatchObject({ name: 'Key Cloak', id: user.id });
    await expectUpgrade('key@example.com', 'keycloak password');
  });

  it.each([
    ['raw MD5', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['raw SHA-1', '5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8'],
    ['raw SHA-256', '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8'],
    ['MD5 of crypt', '$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/'],
    ['a bcrypt cost of 31', BCRYPT.hash.replace('$07$', '$31$')],
    ['scrypt with N = 2^30', VECTORS[3]!.hash.replace('ln=14', 'ln=30')],
    ['scrypt with 4 GiB', VECTORS[3]!.hash.replace('r=8', 'r=2048')],
    ['PBKDF2 with a billion iterations', VECTORS[4]!.hash.replace('i=10000', 'i=1000000000')],
    ['PBKDF2 with one iteration', VECTORS[4]!.hash.replace('i=10000', 'i=1')],
    [
      'PBKDF2 without a salt',
      '$pbkdf2-sha256$i=27500$$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M',
    ],
    ['argon2 with 4 GiB', VECTORS[2]!.hash.replace('m=65536', 'm=4194304')],
    ['argon2 with a thousand passes', VECTORS[2]!.hash.replace('t=2', 't=1000')],
  ])('is refused: %s', async (_what, passwordHash) => {
    const user = { email: 'refused@example.com', name: 'Refused', passwordHash };
    expect(await run([user])).toEqual({ created: 0, skipped: 0, failed: 1 });
    expect(printed[0]).toMatch(/^line 1: /);
    expect(printed.join()).not.toContain(passwordHash.slice(-12));
  });

  it('refuses every other password, and stays after a wrong one', async () => {
    for (const { hash, password } of VECTORS) {
      await expect(parseHash(hash).verify(`not ${password}`)).resolves.toBe(false);
    }
    const email = 'wrong@example.com';
    await run([{ email, passwordHash: VECTORS[1]!.hash }]);
    const wrong = { email, password: 'not the password' };
    await server.post('/api/auth/sign-in/email', wrong).expect(401);
    expect((await readUser(email)).password).toBe(VECTORS[1]!.hash);
  });
});

/** As an auth server does at its start. */
function queryOldHashes(cost: PasswordHashCost): PasswordHasher {
  const hasher = new PasswordHasher(cost);
  const logger = pino({ level: 'silent' });
  new PasswordUpgrade({ pool: server.sql, hasher, logger }).queryOldHashes();
  return hasher;
}

it('hashes of the former cost are found after a change of the cost', async () => {
  const formerKind = new PasswordHasher(COST).currentKind;
  const hasher = queryOldHashes({ ...COST, passes: 2 });
  await eventually(() => expect(hasher.oldKinds).toContain(formerKind));
});

it('the kinds of all stored hashes are found, so that each refusal takes the same time', async () => {
  const users = VECTORS.map(({ hash }, index) => ({
    email: `kind-${index}@example.com`,
    passwordHash: hash,
  }));
  await run(users);
  const hasher = queryOldHashes(COST);
  const kinds = VECTORS.map(({ hash }) => parseHash(hash).kind);
  await eventually(() => expect(hasher.oldKinds).toEqual(expect.arrayContaining(kinds)));
  expect(hasher.oldKinds).not.toContain('scrypt');
  expect(hasher.oldKinds).not.toContain(hasher.currentKind);
});

const WAITING = `SELECT FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`;

describe('a file', () => {
  const lines = [
    {
      id: 'one',
      email: 'One@Example.com',
      name: 'Jose\u0301',
      role: 'admin',
      createdAt: '2020-01-02T03:04:05Z',
    },
    '{"email": "broken',
    { email: 'no address', name: 'X' },
    { email: 'role@example.com', role: 'owner' },
    { email: 'extra@example.com', password: 'in clear' },
    { id: 'two', email: 'two@example.com', banned: true, banReason: 'Spam'.repeat(125) },
    '',
    { id: 'three', email: 'one@example.com' },
  ];

  it('is checked by a dry run, which writes nothing', async () => {
    expect(await run(lines, { isDryRun: true })).toEqual({ created: 2, skipped: 0, failed: 5 });
    expect(await readUser('one@example.com')).toBeUndefined();
  });

  it('is imported under the rules of users, with a line number for each refused line', async () => {
    expect(await run(lines)).toEqual({ created: 2, skipped: 0, failed: 5 });
    expect(printed.map((line) => line.split(':')[0])).toEqual([
      'line 2',
      'line 3',
      'line 4',
      'line 5',
      'line 8',
      'up to line 8',
    ]);
    const one = await readUser('one@example.com');
    expect(one).toMatchObject({ id: 'one', name: 'Jos\u00e9', role: 'admin', password: null });
    expect(one.created_at.toISOString()).toBe('2020-01-02T03:04:05.000Z');
    expect(await readUser('two@example.com')).toMatchObject({ banned: true, name: 'two' });
    const { rows } = await server.sql.query(
      `SELECT subject_id FROM audit_event WHERE detail->>'reason' = 'import' AND subject_id = 'one'`,
    );
    expect(rows).toHaveLength(1);
  });

  it('can be imported again: users that exist are left alone', async () => {
    await server.sql.query(`UPDATE "user" SET name = 'Changed' WHERE id = 'one'`);
    expect(await run(lines)).toEqual({ created: 0, skipped: 2, failed: 5 });
    expect(await readUser('one@example.com')).toMatchObject({ name: 'Changed' });
  });

  it('is imported beside another import, which creates a user of the file meanwhile', async () => {
    const other = await server.sql.connect();
    await other.query(
      `BEGIN; INSERT INTO "user" (id, name, email) VALUES ('other', 'Other', 'other@example.com')`,
    );
    const importing = run([
      { email: 'Other@example.com' },
      { id: 'mine', email: 'other@example.com' },
      { email: 'next@example.com' },
    ]);
    await eventually(async () => expect((await server.sql.query(WAITING)).rowCount).toBe(1))
      .then(() => other.query('COMMIT'))
      .finally(() => other.release(true));
    expect(await importing).toEqual({ created: 1, skipped: 1, failed: 1 });
    expect(printed[0]).toBe('line 2: another user has the id or the e-mail address');
    expect(await readUser('other@example.com')).toMatchObject({ name: 'Other' });
  });

  it('is imported again with its batch when another import waits for it, and it for the other one', async () => {
    const insert = (name: string) =>
      `INSERT INTO "user" (id, name, email) VALUES ('${name}', 'Cross', '${name}@example.com')`;
    const waiting = async (count: number) =>
      expect((await server.sql.query(WAITING)).rowCount).toBe(count);
    const [gate, other] = [await server.sql.connect(), await server.sql.connect()];
    try {
      await gate.query(`BEGIN; ${insert('gate')}`);
      // The import looks for a deadlock, and PostgreSQL ends the one that looks.
      await other.query(`BEGIN; SET LOCAL deadlock_timeout = '1min'; ${insert('cross-2')}`);
      const names = ['cross-1', 'gate', 'cross-2'];
      const importing = run(names.map((id) => ({ id, email: `${id}@example.com` })));
      await eventually(() => waiting(1));
      const crossing = other.query(`${insert('cross-1')}; COMMIT`);
      await eventually(() => waiting(2));
      await gate.query('ROLLBACK');
      const [result] = await Promise.all([importing, crossing]);
      expect(result).toEqual({ created: 1, skipped: 2, failed: 0 });
      expect(printed).toHaveLength(1);
    } finally {
      gate.release(true);
      other.release(true);
    }
  });

  it('has all other lines imported when the database refuses one', async () => {
    const outside = ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-10:00'];
    const refused = outside.map((createdAt, n) => ({
      email: `outside-${n}@example.com`,
      createdAt,
    }));
    const around = [{ email: 'before@example.com' }, ...refused, { email: 'after@example.com' }];
    expect(await run(around)).toEqual({ created: 2, skipped: 0, failed: 2 });
    expect(printed.slice(0, 2).join()).toMatch(/^line 2: the database refuses .*,line 3: the/);
    expect(await readUser('after@example.com')).toMatchObject({ name: 'after' });
  });

  it('of Keycloak can have any number as a time', async () => {
    const users = [0, 9e15].map((createdTimestamp, n) => ({
      email: `time-${n}@example.com`,
      createdTimestamp,
    }));
    const result = await run(users, { format: 'keycloak' });
    expect(result).toEqual({ created: 1, skipped: 0, failed: 1 });
    expect((await readUser('time-0@example.com')).created_at).toEqual(new Date(0));
  });

  it('in another encoding is refused', async () => {
    const file = fileOf([]);
    const line = '{"email": "latin@example.com", "name": "Jos\u00e9"}\n';
    writeFileSync(file, Buffer.from(line, 'latin1'));
    const print = (text: string) => void printed.push(text);
    const options = { file, format: 'gatehouse', isDryRun: false, print } as const;
    expect(await importUsers(server.sql, options)).toMatchObject({ created: 0, failed: 1 });
    expect(printed).toEqual(['line 1: is not UTF-8']);
  });

  it('is the result of an export, which only its owner can read', async () => {
    const file = join(folder, 'export.jsonl');
    const count = await exportUsers(server.sql, file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const exported = readFileSync(file, 'utf8').trim().split('\n');
    expect(exported).toHaveLength(count);
    await expect(exportUsers(server.sql, file)).rejects.toThrow('exists');
    const both = await Promise.allSettled(
      [0, 1].map(() => exportUsers(server.sql, `${file}.both`)),
    );
    expect(both).toContainEqual({ status: 'fulfilled', value: count });
    expect(readFileSync(`${file}.both`, 'utf8')).toBe(readFileSync(file, 'utf8'));
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
    const database = await createTestDatabase();
    const pool = new Pool({ connectionString: database.url });
    const print = (line: string) => void printed.push(line);
    const options = { file, format: 'gatehouse', isDryRun: false, print } as const;
    expect(await importUsers(pool, options)).toEqual({ created: count, skipped: 0, failed: 0 });
    await exportUsers(pool, `${file}.2`);
    expect(readFileSync(`${file}.2`, 'utf8')).toBe(readFileSync(file, 'utf8'));
    await pool.end();
    await database.drop();
  });
});

describe('the command says in one line', () => {
  const runCommand = (databaseUrl: string, ...words: string[]) =>
    spawnSync(process.execPath, ['--eval', COMMAND, ...words], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl },
    });

  it('that the file does not exist', () => {
    const { status, stderr } = runCommand(
      server.sql.options.connectionString!,
      'import',
      '/none/users.jsonl',
    );
    expect(stderr).toBe("ENOENT: no such file or directory, open '/none/users.jsonl'\n");
    expect(status).toBe(1);
  });

  it('that there is no space for an export, of which nothing is left', () => {
    const file = join(folder, 'full.jsonl');
    const { status, stderr } = spawnSync(
      'sh',
      // A limit of the size of a file, as a full disk.
      ['-c', 'ulimit -f 0; exec "$@"', 'sh', process.execPath, '--eval', COMMAND, 'export', file],
      {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, DATABASE_URL: server.sql.options.connectionString },
      },
    );
    expect(stderr).toMatch(
      /^\S+\.[\w-]{36}\.partial cannot be written: EFBIG: file too large, write\n$/,
    );
    expect(status).toBe(1);
    expect(readdirSync(folder).filter((name) => name.startsWith('full'))).toEqual([]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)(
    'nothing when %s ends an export, of which nothing is left',
    async (signal, status) => {
      const file = join(folder, 'interrupted.jsonl');
      const listFiles = () => readdirSync(folder).filter((name) => name.startsWith('interrupted'));
      const lock = await server.sql.connect();
      try {
        await lock.query('BEGIN; LOCK TABLE "user" IN ACCESS EXCLUSIVE MODE');
        const child = spawn(process.execPath, ['--eval', COMMAND, 'export', file], {
          env: { PATH: process.env.PATH, DATABASE_URL: server.sql.options.connectionString },
        });
        const exited = once(child, 'exit');
        await eventually(() => expect(listFiles()).toHaveLength(1));
        child.kill(signal);
        expect(await exited).toEqual([status, null]);
      } finally {
        await lock.query('ROLLBACK');
        lock.release();
      }
      expect(listFiles()).toEqual([]);
    },
  );

  it('that the database cannot be reached', () => {
    const { status, stderr } = runCommand('postgres://a:b@127.0.0.1:1/none', 'export', '/none/x');
    expect(stderr).toMatch(/^Could not reach PostgreSQL: .+[.] Check DATABASE_URL[.]\n$/);
    expect(status).toBe(1);
  });
});
