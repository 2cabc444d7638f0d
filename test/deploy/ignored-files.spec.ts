import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Password hashes and encrypted keys: `git add .` must not add these files. */
const WRITTEN = /npm run (?:backup|users:export) +-- (\S+)/g;

it.each(['docs/operations/backup.md', 'docs/operations/users-import.md'])(
  'the files that the commands of %s write are ignored by git',
  (page) => {
    const files = [...readFileSync(page, 'utf8').matchAll(WRITTEN)].map(([, file]) => file!);
    expect(files).toHaveLength(1);
    for (const file of files.flatMap((name) => [name, `${name}.partial`])) {
      const { stdout } = spawnSync('git', ['check-ignore', '--no-index', file], {
        encoding: 'utf8',
      });
      expect(stdout.trim()).toBe(file);
    }
  },
);
