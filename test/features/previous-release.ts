import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FEATURES } from '../../features/features';

const ROOT = resolve(__dirname, '../..');

/**
 * Stands for the previous release until there is a tag: the first state of the project with
 * today's interface of features.
 */
const BEFORE_THE_FIRST_TAG = 'e1c54f82e172389e8ba5ec605a2db9d13c39c0b9';

const CONFIG = `
[user]
  name = Product
  email = product@example.com
[commit]
  gpgsign = false
[core]
  hooksPath = /dev/null
`;

/**
 * The commit of the previous release, or why there is none to begin with. A missing history fails
 * in CI, which can fetch it. Features of a product cannot be removed: their product has its own
 * merge of the release, and its CI has to pass.
 */
export function findPreviousRelease(): string | { missing: string } {
  if (FEATURES.length > 0) return { missing: 'This project has features of a product itself.' };
  const release = newestTag() ?? BEFORE_THE_FIRST_TAG;
  try {
    return git(ROOT, 'rev-parse', '--verify', '--quiet', `${release}^{commit}`);
  } catch {
    const advice = '`git fetch --unshallow --tags` gets it.';
    const missing = `This clone has no commit ${release}. ${advice}`;
    if (process.env.CI === 'true') throw new Error(missing);
    return { missing };
  }
}

/** The release before `HEAD`, also where `HEAD` is a release itself. */
function newestTag(): string | null {
  try {
    return git(ROOT, 'describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*', 'HEAD^');
  } catch {
    return null;
  }
}

/** A repository of a product that begins with a release and has the packages of this project. */
export class ProductRepository {
  private constructor(
    readonly folder: string,
    private readonly release: string,
  ) {}

  /** The objects of this project are read, not copied: a repository is made in half a second. */
  static create(release: string): ProductRepository {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-product-'));
    // The account of the embedded PostgreSQL has to enter it.
    chmodSync(folder, 0o755);
    git(folder, 'init', '--quiet', '--initial-branch', 'product');
    const objects = resolve(ROOT, git(ROOT, 'rev-parse', '--git-path', 'objects'));
    writeFileSync(join(folder, '.git/objects/info/alternates'), `${objects}\n`);
    appendFileSync(join(folder, '.git/config'), CONFIG);
    appendFileSync(join(folder, '.git/info/exclude'), 'node_modules\n');
    git(folder, 'reset', '--quiet', '--hard', release);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return new ProductRepository(folder, release);
  }

  /** @returns the files that differ from the last commit. A new folder is one entry. */
  listChanges(): string[] {
    const status = execFileSync('git', ['status', '--porcelain'], options(this.folder));
    return status.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(3)]));
  }

  commit(message: string): void {
    git(this.folder, 'add', '--all');
    git(this.folder, 'commit', '--quiet', '--message', message);
  }

  /**
   * Merges the files of this project as they are now, with changes that are not committed.
   *
   * @returns the files with conflicts
   */
  mergePresentState(): string[] {
    const message = ['-m', 'The present state'];
    const parent = ['-p', this.release];
    const tree = this.writePresentTree();
    const next = git(this.folder, 'commit-tree', tree, ...parent, ...message);
    try {
      git(this.folder, 'merge', '--quiet', '--no-edit', next);
      return [];
    } catch (error) {
      const conflicts = git(this.folder, 'diff', '--name-only', '--diff-filter=U');
      if (conflicts === '') throw error;
      return conflicts.split('\n');
    }
  }

  private writePresentTree(): string {
    const index = { GIT_INDEX_FILE: join(this.folder, '.git/present-index') };
    const words = [`--git-dir=${join(this.folder, '.git')}`, `--work-tree=${ROOT}`];
    execFileSync('git', [...words, 'add', '--all', '.'], options(ROOT, index));
    return execFileSync('git', [...words, 'write-tree'], options(ROOT, index)).trim();
  }
}

function git(folder: string, ...words: string[]): string {
  return execFileSync('git', words, options(folder)).trim();
}

/** Without the variables of a hook of git that runs the tests. */
function options(cwd: string, added: NodeJS.ProcessEnv = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = { ...Object.fromEntries(kept), ...added };
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  return { cwd, env, stdio, encoding: 'utf8' as const, maxBuffer: 1e8 };
}
