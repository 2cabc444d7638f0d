import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DATABASE_ROLES } from '../../launcher/database-grants';
import { backUp, restore } from '../../launcher/backup/database-copy';
import { runMigrations } from '../../launcher/migrations';
import { MailServer } from '../mail/smtp-server';
import { AuthenticatorApp } from '../second-factor/authenticator-app';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { PAIR_ADMINISTRATOR, ProcessPair } from '../support/processes/process-pair';
import { DebianPostgres } from '../support/servers/debian-postgres';

const ROOT = join(__dirname, '../..');
const RUNNER = join(ROOT, 'test/support/run-typescript.cjs');
const MAIN = join(ROOT, 'launcher/backup/main.ts');

interface SignedIn {
  accessToken: string;
  refreshToken: string;
}

interface Page {
  items: object[];
  nextCursor: string;
}

const USER = { email: 'kept@example.com', name: 'Kept', password: 'correct horse battery staple' };
const SIGN_IN = '/api/v1/auth/sign-in';
const PRIVILEGES = `
  SELECT grantee, table_name, column_name, privilege_type FROM information_schema.role_column_grants
   WHERE grantee LIKE 'gatehouse_%' ORDER BY 1, 2, 3, 4`;
const WAITING_DUMPS = `
  SELECT FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'`;
const TRIGGERS = `
  SELECT tgname, tgenabled, tgrelid::regclass::text FROM pg_trigger
   WHERE NOT tgisinternal ORDER BY 3, 1`;

describe('a backup that is restored into a new database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-backup-'));
  const file = join(folder, 'gatehouse.dump');
  let server: DebianPostgres;
  let source: string;
  let target: string;
  let mails: MailServer;
  let env: Record<string, string>;
  let pair: ProcessPair;
  let user: SignedIn;
  let app: AuthenticatorApp;
  let recoveryCodes: string[];
  let cursor: string;

  beforeAll(async () => {
    server = await DebianPostgres.start();
    const roles = Object.values(DATABASE_ROLES);
    for (const role of roles) await server.query('postgres', `CREATE ROLE ${role} LOGIN`);
    source = await server.createDatabase('source');
    target = await server.createDatabase('target');
    await runMigrations(source);
    mails = await MailServer.away();
    env = {
      SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
      JWT_ISSUER: 'http://auth.example.test',
      JWT_AUDIENCE: 'http://api.example.test',
    };
    pair = await ProcessPair.start({ databaseUrl: source, env });
    user = (await pair.asAnonymous().post<SignedIn>('/api/v1/auth/sign-up', USER)).body;
    await enrol();
    cursor = (await listUsers()).body.nextCursor;
    await backUp(source, file);
    await pair.stop();
    await restore(target, file);
    await mails.up();
    pair = await ProcessPair.start({ databaseUrl: target, env });
  });

  afterAll(async () => {
    await pair.stop();
    await mails.down();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function enrol(): Promise<void> {
    const session = new Caller(`${pair.apiUrl}/api/auth/two-factor`, user.refreshToken);
    const { body } = await session.post<{ totpURI: string; backupCodes: string[] }>('/enable', {
      password: USER.password,
    });
    app = new AuthenticatorApp(body.totpURI);
    recoveryCodes = body.backupCodes;
    const { headers } = await session.post('/verify-totp', { code: app.code() });
    user.refreshToken = headers.get('set-auth-token')!;
    const renewed = await pair
      .asAnonymous()
      .post<SignedIn>('/api/v1/auth/refresh', { refreshToken: user.refreshToken });
    user.accessToken = renewed.body.accessToken;
  }

  async function listUsers(after = '') {
    const { body } = await pair.asAnonymous().post<SignedIn>(SIGN_IN, PAIR_ADMINISTRATOR);
    const query = after === '' ? '' : `&cursor=${encodeURIComponent(after)}`;
    const caller = new Caller(pair.apiUrl, body.accessToken);
    return caller.get<Page>(`/api/v1/admin/users?limit=1${query}`);
  }

  it('is one file that only its owner can read', () => {
    expect(readdirSync(folder)).toEqual(['gatehouse.dump']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('has every trigger, enabled as ALWAYS', async () => {
    const [before, after] = [
      await server.query<{ tgenabled: string }>('source', TRIGGERS),
      await server.query('target', TRIGGERS),
    ];
    expect(before.length).toBeGreaterThan(20);
    expect(new Set(before.map(({ tgenabled }) => tgenabled))).toEqual(new Set(['A']));
    expect(after).toEqual(before);
  });

  it('gives the roles the same privileges', async () => {
    const before = await server.query('source', PRIVILEGES);
    expect(before.length).toBeGreaterThan(20);
    expect(await server.query('target', PRIVILEGES)).toEqual(before);
  });

  it('keeps access tokens, refresh tokens and cursors valid', async () => {
    const me = await new Caller(pair.apiUrl, user.accessToken).get('/api/v1/users/me');
    expect(me).toMatchObject({ status: 200, body: { email: USER.email } });
    const { refreshToken } = user;
    const renewed = await pair.asAnonymous().post('/api/v1/auth/refresh', { refreshToken });
    expect(renewed.status).toBe(200);
    expect(await listUsers(cursor)).toMatchObject({ status: 200, body: { items: [{}] } });
  });

  it('signs in with the password, a code of the app and a recovery code', async () => {
    for (const code of [app.code(1), recoveryCodes[0]!]) {
      const { body } = await pair.asAnonymous().post<{ challenge: string }>(SIGN_IN, USER_KEYS);
      const step = { challenge: body.challenge, code };
      const answer = await pair.asAnonymous().post('/api/v1/auth/two-factor', step);
      expect(answer.status).toBe(200);
    }
  });

  it('sends the mails that were waiting', async () => {
    const recipients = () => mails.received.map(({ to }) => to);
    await eventually(() => expect(recipients()).toContain(USER.email), 90_000);
  });

  it('does not go into a database that is not empty', async () => {
    await expect(restore(target, file)).rejects.toThrow('not empty');
    await expect(backUp(source, file)).rejects.toThrow('exists');
  });

  it('of a newer version is restored without privileges, which an error says', async () => {
    const other = join(folder, 'newer.dump');
    const newer = await server.createDatabase('newer');
    await runMigrations(newer);
    await server.query(
      'newer',
      `INSERT INTO migrations (timestamp, name) VALUES (9995412400000, 'AddLater9995412400000')`,
    );
    await backUp(newer, other);
    const copy = await server.createDatabase('of_newer');
    await expect(restore(copy, other)).rejects.toThrow(
      /no privileges yet[.] Run `npm run migrate` .+: A newer version has applied AddLater9995412400000/,
    );
    rmSync(other);
  });

  it('is made and restored by a socket too', async () => {
    await server.createDatabase('by_socket');
    const other = join(folder, 'socket.dump');
    await backUp(server.socketUrl('source'), other);
    await restore(server.socketUrl('by_socket'), other);
    rmSync(other);
    expect(await server.query('by_socket', TRIGGERS)).toEqual(
      await server.query('source', TRIGGERS),
    );
  });

  it.each([
    ['with an authority in the URL', (ca: string) => `sslmode=verify-full&sslrootcert=${ca}`],
    ['without a check of the certificate', () => 'sslmode=no-verify'],
    ['with `ssl` instead of `sslmode`', (ca: string) => `ssl=true&sslrootcert=${ca}`],
  ])('is made by TLS %s', async (_how, toParameters) => {
    const other = join(folder, 'tls.dump');
    await backUp(server.tlsUrl('source', toParameters(server.certificate)), other);
    rmSync(other);
  });

  it('is made with a user and a port in parameters of the URL', async () => {
    const other = join(folder, 'parameters.dump');
    const { port } = new URL(source);
    await backUp(`postgres://127.0.0.1:1/source?user=owner&port=${port}`, other);
    rmSync(other);
  });

  it('is made and restored by TLS with an authority that Node.js trusts', async () => {
    await server.createDatabase('by_tls');
    const other = join(folder, 'authority.dump');
    const run = (verb: string, database: string, authority?: string) =>
      spawnSync(process.execPath, [RUNNER, MAIN, verb, other], {
        cwd: folder,
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          NODE_ENV: 'production',
          DATABASE_URL: server.tlsUrl(database, 'sslmode=verify-full'),
          ...(authority && { NODE_EXTRA_CA_CERTS: authority }),
        },
      });
    const refused = run('backup', 'source');
    expect(refused).toMatchObject({ status: 1 });
    expect(refused.stderr).toContain('certificate verify failed');
    expect(run('backup', 'source', server.certificate)).toMatchObject({ stderr: '', status: 0 });
    expect(run('restore', 'by_tls', server.certificate)).toMatchObject({ stderr: '', status: 0 });
    rmSync(other);
  });

  it('is restored by an owner who may not comment on the extension', async () => {
    await server.query('postgres', 'CREATE ROLE ordinary LOGIN');
    await server.createDatabase('of_ordinary');
    await server.query('of_ordinary', 'CREATE EXTENSION pg_trgm');
    await server.query('postgres', 'ALTER DATABASE of_ordinary OWNER TO ordinary');
    await server.query('of_ordinary', 'ALTER SCHEMA public OWNER TO ordinary');
    await expect(
      restore(`${server.url.replace('owner@', 'ordinary@')}/of_ordinary`, file),
    ).resolves.toBe(0);
  });

  it('is not given to a pg_restore that sets what the server does not know', async () => {
    const old = await server.createDatabase('for_stub');
    const stub = join(folder, 'pg_restore');
    writeFileSync(stub, '#!/bin/sh\necho "pg_restore (PostgreSQL) 17.4"\n', { mode: 0o755 });
    const { PATH } = process.env;
    process.env.PATH = `${folder}:${PATH}`;
    try {
      const [row] = await server.query<{ version: number }>(
        'postgres',
        "SELECT current_setting('server_version_num')::int / 10000 AS version",
      );
      const { version } = row!;
      const restored = restore(old, file);
      // On a newer server, the migrations fill what the stub has left empty.
      if (version >= 17) await expect(restored).resolves.toBeGreaterThan(0);
      else
        await expect(restored).rejects.toThrow(
          `pg_restore 17 cannot restore into PostgreSQL ${version}. `,
        );
    } finally {
      process.env.PATH = PATH;
      rmSync(stub);
    }
  });

  it('is ended by a signal without a trace', async () => {
    const other = join(folder, 'other.dump');
    const lock = new Client(source);
    await lock.connect();
    try {
      await lock.query('BEGIN; LOCK TABLE "user" IN ACCESS EXCLUSIVE MODE');
      const child = spawn(process.execPath, [RUNNER, MAIN, 'backup', other], {
        env: { PATH: process.env.PATH, DATABASE_URL: source },
      });
      const exited = once(child, 'exit');
      await eventually(async () =>
        expect(await server.query('postgres', WAITING_DUMPS)).toEqual([{}]),
      );
      child.kill('SIGTERM');
      expect(await exited).toEqual([143, null]);
    } finally {
      await lock.query('ROLLBACK');
      await lock.end();
    }
    expect(readdirSync(folder)).toEqual(['gatehouse.dump']);
  });

  it('fails without a trace when the database cannot be reached', async () => {
    const other = join(folder, 'other.dump');
    await expect(backUp('postgres://owner@127.0.0.1:1/source', other)).rejects.toThrow('pg_dump');
    expect(readdirSync(folder)).toEqual(['gatehouse.dump']);
    await expect(restore('postgres://owner@127.0.0.1:1/none', file)).rejects.toThrow(
      /^Could not reach PostgreSQL: .+ Check DATABASE_URL\.$/,
    );
  });
});

const USER_KEYS = { email: USER.email, password: USER.password };
