import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SERVER_URL_VARIABLE } from '../support/database';
import { copyProject } from '../support/processes/project-copy';
import { findPreviousRelease, ProductRepository } from './previous-release';

/** Ends a test that hangs: each one runs several programs. */
jest.setTimeout(600_000);

const LIST = 'features/features.ts';
/** A name that no product is expected to have. */
const FEATURE = 'keepsakes';

/** Nothing listens there: a command that uses it fails. */
const UNREACHABLE = 'postgres://user@127.0.0.1:1/none';

const release = findPreviousRelease();
if (typeof release !== 'string') {
  process.stderr.write(`NOT TESTED: a release that is merged into a product. ${release.missing}\n`);
}

const product = typeof release === 'string' ? ProductRepository.create(release) : null;
const copy = product?.folder ?? copyProject();
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Runs an npm script in the copy. A failure shows its output. */
async function run(...script: string[]): Promise<string> {
  const { [SERVER_URL_VARIABLE]: server, ...env } = process.env;
  const database = { TEST_DATABASE_URL: server, DATABASE_URL: UNREACHABLE };
  const options = { cwd: copy, env: { ...env, ...database }, maxBuffer: 1e8 };
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', ...script], options);
  return stdout;
}

function read(file: string): string {
  return readFileSync(join(copy, file), 'utf8');
}

(product === null ? describe.skip : describe)('a product of the previous release', () => {
  it('gets the feature of the tutorial by one change outside its folder', async () => {
    await run('new:feature', '--', 'notes');
    expect(product!.listChanges()).toEqual([LIST, 'features/notes/']);
    product!.commit('feat: notes');
  });

  it('takes this release without a conflict', () => {
    expect(product!.mergePresentState()).toEqual([]);
    expect(read(LIST)).toContain('[notes]');
  });

  it('passes the tests of its feature with this release', async () => {
    await run('test', '--', '--maxWorkers=1', 'features/notes');
  });
});

describe('a feature made by `npm run new:feature`', () => {
  const before = new Map<string, string>();
  const house = ['openapi.json', 'openapi-all.json', 'openapi-auth.json', 'docs/settings.md'];

  it('changes one file outside its folder', async () => {
    for (const file of house) before.set(file, read(file));
    // A release may change the documents of the features that a product has.
    await run('generate');
    const output = await run('new:feature', '--', FEATURE);
    const written = [...output.matchAll(/^(?:Written: | {2})(\S+?),?(?: from line \d+)?$/gm)];
    const files = written.map(([, file]) => file!);
    expect(files.filter((file) => !file.startsWith(`features/${FEATURE}/`))).toEqual([LIST]);
    for (const file of house) expect(read(file)).toBe(before.get(file));
  });

  it('stands beside one with files, streams, an upload, a webhook and a hidden column', async () => {
    installTroves();
    expect(await run('generate')).toContain('features/troves/openapi.json');
  });

  it('has up-to-date documents, and follows the rules for imports and unused code', async () => {
    await run('check:generated');
    await run('check:imports');
    await run('check:unused');
  });

  it('compiles with its tests and both processes, and has no finding of the linter', async () => {
    const include = ['features', 'src', 'auth-server', 'launcher'];
    const project = JSON.stringify({ extends: './tsconfig.json', include });
    writeFileSync(join(copy, 'tsconfig.features.json'), project);
    await run('check:types', '--', '--project', 'tsconfig.features.json');
    await run('check:lint', '--', 'features');
  });

  it('passes its own tests and those of Gatehouse that read the features', async () => {
    const readers = [
      'contract/(routes|shapes|examples)',
      'database/(triggers|features|schema-agreement)',
      'consent-texts',
      'layout',
      'fuzz/api',
    ];
    const specs = [`features/${FEATURE}/`, 'features/troves/', ...readers];
    await run('test', '--', '--maxWorkers=2', ...specs);
  });
});

/** Files, streams, uploads, a webhook and a hidden column, as the folder of a feature. */
function installTroves(): void {
  const folder = join(copy, 'features/troves');
  cpSync(join(copy, 'test/features/troves'), folder, { recursive: true });
  renameSync(join(folder, 'troves.checks.ts'), join(folder, 'troves.spec.ts'));
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    const code = read(`features/troves/${file}`);
    const moved = code
      .replaceAll(`'../../support/`, `'../../test/support/`)
      .replaceAll(`'../../../features/`, `'../`)
      .replaceAll(`'../../../`, `'../../`);
    writeFileSync(join(folder, file), moved);
  }
  const list = read(LIST)
    .replace('\n', `\nimport { troves } from './troves/troves.feature';\n`)
    .replace('FEATURES = [', 'FEATURES = [troves, ');
  writeFileSync(join(copy, LIST), list);
}

describe('a migration that the feature does not list', () => {
  const file = `features/${FEATURE}/migrations/1999999999999-AddColor.ts`;
  const fault = `${file} is missing in \`migrations\` of features/${FEATURE}/${FEATURE}.feature.ts`;

  const assets = ['rates.json', 'mail.html'].map((name) => `features/${FEATURE}/${name}`);

  beforeAll(async () => {
    for (const asset of assets) writeFileSync(join(copy, asset), '{}');
    const migration = 'export class AddColor1999999999999 {}\n';
    writeFileSync(join(copy, file), migration);
    await run('build');
  });
  afterAll(() => rmSync(join(copy, file)));

  it('does not prevent a build, which has the files that the feature reads', () => {
    expect(assets.map((asset) => read(join('dist', asset)))).toEqual(['{}', '{}']);
  });

  it.each([
    ['migrate', []],
    ['migrate:generate', ['--', `features/${FEATURE}/migrations/AddColor`]],
    ['start:api', []],
    ['check:generated', []],
  ])('is named by npm run %s, with the declaration', async (script, words) => {
    await expect(run(script, ...words)).rejects.toThrow(fault);
  });
});

describe('`npm run generate`', () => {
  it('leaves a build that the commands accept, also after it has written a source of it', async () => {
    const file = 'openapi-auth.json';
    const before = read(file);
    writeFileSync(join(copy, file), before.replaceAll('3.1.', '3.0.'));
    expect(await run('generate')).toContain(`Written:\n  ${file}, from line `);
    expect(read(file)).toBe(before);
    expect(read(join('dist', file))).toBe(before);
    // It runs from the build.
    await expect(run('migrate', '--', '--help')).rejects.toThrow('takes no argument --help');
  });
});
