import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Rows that carry credentials: docs/decisions/0007-who-writes-what.md. */
const CREDENTIALS = {
  entities: ['Account', 'Session', 'Verification', 'TwoFactor', 'Passkey', 'Jwks'],
  tables: ['account', 'session', 'verification', 'two_factor', 'passkey', 'jwks'],
};

const WRITES = [
  // manager.update(SessionEntity, …), repository and query builder.
  new RegExp(
    `\\b(save|insert|update|upsert|increment|into)(<[^>]*>)?\\(\\s*(${CREDENTIALS.entities.join('|')})Entity\\b`,
  ),
  new RegExp(`\\bnew (${CREDENTIALS.entities.join('|')})Entity\\b`),
  new RegExp(`\\b(INSERT INTO|UPDATE)\\s+"?(${CREDENTIALS.tables.join('|')})\\b`, 'i'),
];

const FILES = globSync('{src,features}/**/*.ts', { cwd: ROOT }).filter(
  (path) => !path.endsWith('.spec.ts'),
);

describe('the API', () => {
  it('is checked in all files', () => {
    expect(FILES).toContain(join('src', 'users', 'sessions.service.ts'));
  });

  it.each(FILES)('deletes, but does not write rows with credentials: %s', (path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    expect(WRITES.filter((pattern) => pattern.test(text))).toEqual([]);
  });

  it.each([
    'await manager.update(SessionEntity, { id }, { token })',
    'manager.save(AccountEntity, row)',
    'builder.insert().into(VerificationEntity)',
    'const row = new AccountEntity();',
    'UPDATE "account" SET password = $1',
    'INSERT INTO session (id) VALUES ($1)',
  ])('is reported when it writes one: %s', (text) => {
    expect(WRITES.some((pattern) => pattern.test(text))).toBe(true);
  });

  it.each([
    'await manager.delete(SessionEntity, { id })',
    'manager.findOneBy(AccountEntity, { id })',
    'DELETE FROM session WHERE id = $1',
    'UPDATE "user" SET name = $1',
  ])('can write the others: %s', (text) => {
    expect(WRITES.some((pattern) => pattern.test(text))).toBe(false);
  });
});
