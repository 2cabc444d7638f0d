import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makePlace, type Place } from './command';

const ROOT = resolve(__dirname, '../..');
/** Nothing listens there: a command that begins its work names it. */
const UNREACHABLE = 'postgres://user@127.0.0.1:1/none';
const RUNNER = join(ROOT, 'test/support/run-typescript.cjs');

function withRunner(file: string, ...words: string[]): string[] {
  return [RUNNER, join(ROOT, file), ...words];
}

interface Run {
  status: number | null;
  stdout: string;
  stderr: string;
}

describe('a command with an argument or a value that it cannot use', () => {
  let place: Place;

  beforeAll(async () => {
    place = await makePlace();
  });

  afterAll(() => place.remove());

  function run(words: string[], databaseUrl = UNREACHABLE): Run {
    return spawnSync(process.execPath, words, {
      cwd: place.folder,
      env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl },
      encoding: 'utf8',
    });
  }

  it.each([
    ['npm start', [join(ROOT, 'launcher/start.mjs'), 'start', 'database']],
    ['npm run database', [join(ROOT, 'launcher/start.mjs'), 'database', '--help']],
    ['npm run dev', withRunner('launcher/dev/main.ts', '--help')],
    ['npm run migrate', withRunner('launcher/migrate.ts', '--help')],
    ['npm run migrate', withRunner('launcher/migrate.ts', '--revert', '--help')],
    ['npm run secrets:renew', withRunner('auth-server/secrets.ts', '--help')],
  ])('%s ends with one message and does nothing', (name, words) => {
    const { status, stdout, stderr } = run(words);
    const message = `\`${name}\` takes no argument ${words.at(-1)}.`;
    expect(stderr.trim()).toMatch(new RegExp(`^${message}( Settings: docs/settings.md.)?$`));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });

  it.each([
    ['backup', withRunner('launcher/backup/main.ts', 'backup', '--help')],
    ['restore', withRunner('launcher/backup/main.ts', 'restore', '--help')],
    ['keys:revoke', withRunner('auth-server/keys.ts', 'revoke', '--help')],
    ['users:import', withRunner('auth-server/transfer.ts', 'import', '--help')],
    ['faults', withRunner('test/operations/faults/main.ts', '--unknown')],
  ])('npm run %s ends with the usage and does nothing', (name, words) => {
    const { status, stdout, stderr } = run(words);
    expect(stderr).toMatch(/^Usage: npm run /);
    expect(stderr).toContain(`npm run ${name} -- `);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(existsSync(join(place.folder, '--help'))).toBe(false);
  });

  it('npm run migrate names a certificate file that is missing', () => {
    const url = `${UNREACHABLE}?sslrootcert=/missing/ca.pem`;
    const { status, stderr } = run(withRunner('launcher/migrate.ts'), url);
    expect(stderr.trim()).toMatch(/^ENOENT[^\n]+'\/missing\/ca[.]pem'$/);
    expect(status).toBe(1);
  });
});

describe('a command that runs from a build', () => {
  let place: Place;

  beforeAll(async () => {
    place = await makePlace();
    for (const file of ['runtime/entry', 'launcher/build.mjs']) {
      cpSync(join(ROOT, file), join(place.folder, file), { recursive: true });
    }
    write('dist/launcher/migrate.js', "process.stdout.write('migrated\\n');");
    write('dist/src/main.js', "process.stdout.write('listening\\n');");
  });

  afterAll(() => place.remove());

  function write(file: string, content: string): void {
    mkdirSync(join(place.folder, file, '..'), { recursive: true });
    writeFileSync(join(place.folder, file), content);
  }

  function run(file: string): Run {
    return node('--require', './runtime/entry/built.cjs', file);
  }

  function node(...words: string[]): Run {
    return spawnSync(process.execPath, words, { cwd: place.folder, encoding: 'utf8' });
  }

  function build(): void {
    const script = `const { hashSources, stampFile } = require('./runtime/entry/sources.cjs');
      require('node:fs').writeFileSync(stampFile('.'), hashSources('.'));`;
    expect(node('-e', script).stderr).toBe('');
  }

  it('runs without sources, as in the image', () => {
    expect(run('dist/launcher/migrate.js')).toMatchObject({ status: 0, stdout: 'migrated\n' });
  });

  it('ends with one sentence after a migration is added, and runs after the next build', () => {
    for (const file of ['package-lock.json', 'nest-cli.json', '.swcrc', 'openapi-auth.json']) {
      write(file, '{}');
    }
    write('tsconfig.build.json', '{ "include": ["migrations", "bench"] }');
    write('migrations/1-First.ts', '');
    build();
    expect(run('dist/launcher/migrate.js')).toMatchObject({ status: 0, stdout: 'migrated\n' });
    write('migrations/2-Second.ts', '');
    expect(run('dist/launcher/migrate.js')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'The sources have changed since the build. Run `npm run build` first.\n',
    });
    // A process that ends between the checkout and the build starts again.
    expect(run('dist/src/main.js')).toMatchObject({ status: 0, stdout: 'listening\n' });
    build();
    expect(run('dist/launcher/migrate.js')).toMatchObject({ status: 0, stdout: 'migrated\n' });
  });

  it.each([
    ['a link of Emacs to a file that it edits', 'migrations/.#1-First.ts'],
    ['a contestant of the benchmarks', 'bench/contestants/src/main.ts'],
  ])('runs after a change that the build does not read: %s', (_title, file) => {
    mkdirSync(join(place.folder, file, '..'), { recursive: true });
    symlinkSync('user@host.1', join(place.folder, file));
    expect(run('dist/launcher/migrate.js')).toMatchObject({ status: 0, stdout: 'migrated\n' });
  });

  it('ends with one sentence, as the build does, when a source cannot be read', () => {
    const link = join(place.folder, 'migrations/4-Fourth.ts');
    symlinkSync('missing.ts', link);
    for (const words of [
      ['--require', './runtime/entry/built.cjs', 'dist/launcher/migrate.js'],
      ['launcher/build.mjs'],
    ]) {
      const { status, stdout, stderr } = node(...words);
      expect(stderr).toMatch(/^The sources cannot be read: ENOENT.*4-Fourth[.]ts'\n$/);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    }
    rmSync(link);
  });

  it('runs from a copy of a build without the stamp', () => {
    write('migrations/3-Third.ts', '');
    expect(run('dist/launcher/migrate.js').status).toBe(1);
    rmSync(join(place.folder, 'dist/.sources'));
    expect(run('dist/launcher/migrate.js')).toMatchObject({ status: 0, stdout: 'migrated\n' });
  });
});
