import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { completeEnvironment, EMBEDDED_URL_FILE, warnOfUnusedDirectUrl } from './development';
import { loadSettings } from './load';
import { findMisspelledSettings } from './misspelled';
import { SETTING_DEFINITIONS } from './definitions';

const run = promisify(execFile);
const HOOK = join(__dirname, '../../test/support/native/typescript-hook.cjs');
const home = process.cwd();
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-settings-'));
  process.chdir(directory);
});

afterEach(() => {
  process.chdir(home);
  rmSync(directory, { recursive: true });
});

describe('a direct URL in `.env`', () => {
  const DIRECT = { DATABASE_DIRECT_URL: 'postgres://one/one' };
  const FILE = { ...DIRECT, DATABASE_URL: 'postgres://a:b@pooler/one' };

  function read(file: Record<string, string>, env: Record<string, string>) {
    const lines = Object.entries(file).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync('.env', lines.join(''));
    const warn = jest.fn();
    warnOfUnusedDirectUrl(warn, env);
    const completed = completeEnvironment({ NODE_ENV: 'production', ...env });
    const { databaseDirectUrl } = loadSettings(completed, 'migrate');
    return { databaseDirectUrl, warnings: warn.mock.calls.flat() };
  }

  it.each([
    ['has no database', FILE, {}],
    ['has the same', FILE, { DATABASE_URL: FILE.DATABASE_URL }],
    ['has another password', FILE, { DATABASE_URL: 'postgres://a:c@pooler:5432/one' }],
    ['has another `sslmode`', FILE, { DATABASE_URL: `${FILE.DATABASE_URL}?sslmode=verify-full` }],
    ['has the only database', DIRECT, { DATABASE_URL: FILE.DATABASE_URL }],
  ])('is used where the environment %s', (_case, file, env) => {
    const expected = { databaseDirectUrl: DIRECT.DATABASE_DIRECT_URL, warnings: [] };
    expect(read(file, env)).toEqual(expected);
  });

  it.each([
    ['host', 'postgres://a:b@two/one'],
    ['port', 'postgres://a:b@pooler:6432/one'],
    ['database', 'postgres://a:b@pooler/two'],
  ])('is not used where the environment names another %s, which a line says', (_case, url) => {
    const warnings = [expect.stringContaining('DATABASE_DIRECT_URL of .env is not used')];
    expect(read(FILE, { DATABASE_URL: url })).toEqual({ databaseDirectUrl: url, warnings });
    const direct = { DATABASE_URL: url, DATABASE_DIRECT_URL: 'postgres://two/two' };
    expect(read(FILE, direct)).toEqual({ databaseDirectUrl: 'postgres://two/two', warnings: [] });
  });
});

describe('the development secret', () => {
  it('is generated once and kept for the next start', () => {
    const first = completeEnvironment({});
    expect(completeEnvironment({})).toEqual(first);
    expect(first.BETTER_AUTH_SECRET).toHaveLength(48);
  });

  it('is strong enough for the settings', () => {
    const env = { ...completeEnvironment({}), DATABASE_URL: 'postgres://localhost/gatehouse' };
    expect(() => loadSettings(env, 'auth')).not.toThrow();
  });

  it('is readable by its owner only', () => {
    completeEnvironment({});
    expect(statSync(join('.data', 'better-auth-secret')).mode & 0o777).toBe(0o600);
  });

  it('has an own draft: another container with this process id can write one at the same time', () => {
    const draft = join('.data', `better-auth-secret.${process.pid}`);
    mkdirSync('.data');
    writeFileSync(draft, 'of another container');
    completeEnvironment({});
    expect(readFileSync(draft, 'utf8')).toBe('of another container');
  });

  it('is not generated when one is set', () => {
    const env = { BETTER_AUTH_SECRET: 'mine' };
    expect(completeEnvironment(env)).toMatchObject(env);
    expect(readdirSync('.')).toEqual([]);
  });

  it.each([
    ['auth', 'prod', /NODE_ENV +must be development, test or production/],
    ['api', 'prod', /NODE_ENV +must be development, test or production/],
    ['migrate', 'prod', /NODE_ENV +must be development, test or production/],
    ['auth', '', /BETTER_AUTH_SECRET +must be set, with at least 32 characters/],
    ['api', '', null],
    ['migrate', '', null],
  ] as const)(
    'is missing in a folder that cannot be written: %s with NODE_ENV "%s" says what is wrong',
    (name, NODE_ENV, problem) => {
      // Also root creates no folder there.
      process.chdir(process.platform === 'linux' ? '/sys' : '/');
      const given = { NODE_ENV, DATABASE_URL: 'postgres://localhost/gatehouse' };
      const start = () => loadSettings(completeEnvironment(given), name);
      if (problem === null) expect(start).not.toThrow();
      else expect(start).toThrow(problem);
    },
  );

  it('is the same for processes that start at once', async () => {
    const program = `require(process.argv[2]).loadTypeScript();
      const { completeEnvironment } = require(process.argv[1]);
      process.stdout.write(completeEnvironment({}).BETTER_AUTH_SECRET);`;
    const source = join(__dirname, 'development.ts');
    const args = ['--eval', program, source, HOOK];
    const starts = Array.from({ length: 6 }, () => run(process.execPath, args, { cwd: directory }));
    const secrets = (await Promise.all(starts)).map(({ stdout }) => stdout);
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toHaveLength(48);
    expect(readdirSync('.data').toSorted()).toEqual(['better-auth-secret']);
  });

  it('are never made in production', () => {
    expect(completeEnvironment({ NODE_ENV: 'production' })).toEqual({ NODE_ENV: 'production' });
    expect(readdirSync('.')).toEqual([]);
  });
});

describe('the running embedded database', () => {
  const url = 'postgres://localhost:5555/gatehouse';

  beforeEach(() => {
    mkdirSync('.data');
    writeFileSync(EMBEDDED_URL_FILE, `${url}\n`);
  });

  it('is found by a process that is started alone', () => {
    expect(completeEnvironment({}).DATABASE_URL).toBe(url);
  });

  it.each([
    ['where another one is set', { DATABASE_URL: 'postgres://db/other' }, 'postgres://db/other'],
    ['in production', { NODE_ENV: 'production' }, undefined],
  ])('is left alone %s', (_, env, expected) => {
    expect(completeEnvironment(env).DATABASE_URL).toBe(expected);
  });
});

describe('.env', () => {
  it('fills in what the environment leaves open', () => {
    writeFileSync('.env', '# ports\nAPI_PORT=8123\nAUTH_PORT=3123\n');
    const env = completeEnvironment({ API_PORT: '9000', AUTH_PORT: undefined });
    expect(env).toMatchObject({ API_PORT: '9000', AUTH_PORT: '3123' });
  });

  it('can switch to production', () => {
    writeFileSync('.env', 'NODE_ENV=production\n');
    expect(completeEnvironment({})).toEqual({ NODE_ENV: 'production' });
  });

  it('may begin with a byte order mark and have lines of Windows', () => {
    writeFileSync('.env', '\uFEFFACCESS_CHECK=strict\r\nAPI_PORT="8123"  \r\n');
    expect(completeEnvironment({})).toMatchObject({ ACCESS_CHECK: 'strict', API_PORT: '8123' });
  });

  it.each([
    ['UTF-16', () => writeFileSync('.env', '\uFEFFACCESS_CHECK=strict\n', 'utf16le')],
    ['ISO 8859-1', () => writeFileSync('.env', 'ADMIN_PASSWORD=Größe\n', 'latin1')],
  ])('in %s is refused', (_, write) => {
    write();
    expect(() => completeEnvironment({})).toThrow('.env is not encoded as UTF-8.');
  });

  it('that cannot be read is named', () => {
    mkdirSync('.env');
    expect(() => completeEnvironment({})).toThrow(/^[.]env cannot be read: EISDIR/);
  });

  it.each([
    ['TRUSTED_ORIGIN', 'TRUSTED_ORIGINS'],
    ['METRIC_PORT', 'METRICS_PORT'],
    ['api_port', 'API_PORT'],
    ['SMTP_URI', 'SMTP_URL'],
    ['TRUST-PROXY', 'TRUST_PROXY'],
    ['OTEL_EXPORTER_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  ])('has a misspelled name: %s', (name, nearest) => {
    expect(findMisspelledSettings(['LOG_LEVEL', name])).toEqual([{ name, nearest }]);
  });

  it('may have every setting, and names of other programs', () => {
    const others = ['POSTGRES_PASSWORD', 'NODE_OPTIONS', 'PORT', 'VITE_API_BASE', 'TZ'];
    const names = [...Object.keys(SETTING_DEFINITIONS), ...others, 'X'.repeat(100_000)];
    expect(findMisspelledSettings(names)).toEqual([]);
  });
});
