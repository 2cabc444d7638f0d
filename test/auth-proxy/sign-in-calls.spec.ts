import { DATABASE_ROLES } from '../../launcher/database-grants';
import { expectProblem } from '../support/problems';
import { PASSWORD, System } from '../support/system';

const SIGN_IN = '/api/v1/auth/sign-in';

let system: System;

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
});

afterAll(() => system.stop());

/** Runs a statement in the transaction that records the event: after the session has begun. */
async function withEvent(action: string, statement: string): Promise<void> {
  await system.query(`CREATE OR REPLACE FUNCTION end_in_between() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NEW.action = '${action}' THEN ${statement}; END IF; RETURN NULL; END $$`);
  await system.query(`CREATE OR REPLACE TRIGGER end_in_between AFTER INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION end_in_between()`);
}

afterEach(() => system.query('DROP FUNCTION IF EXISTS end_in_between CASCADE'));

const BAN = `UPDATE "user" SET banned = true WHERE id = NEW.subject_id`;
const SIGN_OUT = 'DELETE FROM session WHERE user_id = NEW.subject_id';
const DELETION = 'DELETE FROM "user" WHERE id = NEW.subject_id';

const signIn = (email: string) => system.asAnonymous().post(SIGN_IN, { email, password: PASSWORD });

describe('a sign-in whose session ends before the answer', () => {
  it.each([
    ['a ban', BAN, 'banned'],
    ['a sign-out', SIGN_OUT, 'invalid_credentials'],
    ['a deletion', DELETION, 'invalid_credentials'],
  ] as const)('by %s is refused', async (_title, statement, code) => {
    const { email } = await system.asUser();
    await withEvent('user.signed_in', statement);
    expectProblem(await signIn(email), code);
  });
});

it.each([
  ['a ban', BAN, 'banned'],
  ['a sign-out', SIGN_OUT, 'not_found'],
] as const)('an impersonation that ends by %s before the answer is refused', async (...row) => {
  const [, statement, code] = row;
  const { id } = await system.asUser();
  const { caller } = await system.asAdmin();
  await withEvent('impersonation.started', statement);
  expectProblem(await caller.post(`/api/v1/admin/users/${id}/impersonate`), code);
});

it('a sign-up whose user is banned before the answer is refused', async () => {
  await withEvent('user.signed_in', BAN);
  const body = { email: 'banned-at-once@example.com', name: 'New', password: PASSWORD };
  expectProblem(await system.asAnonymous().post('/api/v1/auth/sign-up', body), 'banned');
});

it('a sign-up whose user is deleted before the answer is not done again by a repeat', async () => {
  await withEvent('user.signed_in', DELETION);
  const body = { email: 'deleted-at-once@example.com', name: 'New', password: PASSWORD };
  const headers = { 'idempotency-key': 'deleted-at-once' };
  const signUp = () => system.asAnonymous().call('POST', '/api/v1/auth/sign-up', { body, headers });
  expectProblem(await signUp(), 'invalid_credentials');
  expectProblem(await signUp(), 'outcome_unknown');
});

async function expectPromoted(): Promise<void> {
  const { email } = await system.asUser();
  await withEvent('user.signed_in', `UPDATE "user" SET role = 'admin' WHERE id = NEW.subject_id`);
  const { body } = await signIn(email);
  const { accessToken, user } = body as { accessToken: string; user: { role: string } };
  const claims: unknown = JSON.parse(
    Buffer.from(accessToken.split('.')[1]!, 'base64url').toString(),
  );
  expect(user.role).toBe('admin');
  expect(claims).toMatchObject({ role: 'admin' });
}

it('a sign-in whose role changes before the answer has a token with the new role', () =>
  expectPromoted());

it('a sign-in reads no row in the API', async () => {
  const { email, id } = await system.asUser();
  const tables = `SELECT ON "user", session`;
  await system.query(`REVOKE ${tables} FROM ${DATABASE_ROLES.api}`);
  try {
    expect((await signIn(email)).body).toMatchObject({ user: { id, email, banned: false } });
  } finally {
    await system.query(`GRANT ${tables} TO ${DATABASE_ROLES.api}`);
  }
});

it('an auth server that does not send the user is asked for a token, and the user is read', async () => {
  await system.stopAuthServer();
  // It does not accept what the API asks for, as a version before does not know it.
  system.settings.internalSecret = 'another internal secret of this test, 48 characters';
  await system.startAuthServer();
  await expectPromoted();
  const { email } = await system.asUser();
  await withEvent('user.signed_in', SIGN_OUT);
  expectProblem(await signIn(email), 'invalid_credentials');
});
