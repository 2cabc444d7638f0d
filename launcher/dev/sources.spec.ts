import { changesDatabase, isLoadedBy } from './sources';

describe('isLoadedBy', () => {
  it.each([
    ['src/users/users.service.ts', 'src'],
    ['src/documentation/browser/docs.mjs', 'src'],
    ['auth-server/app.ts', 'auth-server'],
    ['contract/claims.ts', 'both'],
    ['runtime/logger.ts', 'both'],
    ['migrations/1795000000000-AddColumn.ts', 'both'],
    ['features/features.ts', 'both'],
    ['features/administration.feature.ts', 'both'],
    ['features/notes/notes.feature.ts', 'both'],
    ['features/notes/migrations/1795000000000-CreateNotes.ts', 'both'],
    ['features/notes/notes.controller.ts', 'src'],
  ])('%s restarts %s', (file, expected) => {
    const loading = (['src', 'auth-server'] as const).filter((folder) =>
      isLoadedBy({ folder }, file),
    );
    expect(loading.length === 2 ? 'both' : loading[0]).toBe(expected);
  });
});

describe('changesDatabase', () => {
  it.each([
    ['migrations/1795000000000-AddColumn.ts', true],
    ['features/notes/migrations/1795000000000-CreateNotes.ts', true],
    ['features/notes/notes.feature.ts', true],
    ['features/features.ts', true],
    ['features/notes/note.entity.ts', false],
    ['src/database/entities.ts', false],
  ])('%s: %s', (file, expected) => {
    expect(changesDatabase(file)).toBe(expected);
  });
});
