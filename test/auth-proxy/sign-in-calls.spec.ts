import { expectProblem } from '../support/problems';
import { PASSWORD, System } from '../support/system';

const SIGN_IN = '/api/v1/auth/sign-in';

let system: System;

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
});

afterAll(() => system.stop());

/** Runs a statement in the transaction that records a sign-in: after the session has begun. */
async function afterSessions(statement: string): Promise<void> {
  await system.query(`CREATE FUNCTION end_in_between() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NEW.action = 'user.signed_in' THEN ${statement}; END IF; RETURN NULL; END $$`);
  await system.query(`CREATE TRIGGER end_in_between AFTER INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION end_in_between()`);
}

afterEach(() => system.query('DROP FUNCTION IF EXISTS end_in_between CASCADE'));

describe('a sign-in whose session ends before the answer', () => {
  it.each([
    ['a ban', `UPDATE "user" SET banned = true WHERE id = NEW.subject_id`, 'banned'],
    ['a sign-out', 'DELETE FROM session WHERE user_id = NEW.subject_id', 'invalid_credentials'],
    ['a deletion', 'DELETE FROM "user" WHERE id = NEW.subject_id', 'invalid_credentials'],
  ] as const)('by %s is refused', async (_title, statement, code) => {
    const { email } = await system.asUser();
    await afterSessions(statement);
    const answer = await system.asAnonymous().post(SIGN_IN, { email, password: PASSWORD });
    expectProblem(answer, code);
  });
});

it('a sign-in whose role changes before the answer has a token with the new role', async () => {
  const { email } = await system.asUser();
  await afterSessions(`UPDATE "user" SET role = 'admin' WHERE id = NEW.subject_id`);
  const { body } = await system.asAnonymous().post(SIGN_IN, { email, password: PASSWORD });
  const { accessToken, user } = body as { accessToken: string; user: { role: string } };
  const claims: unknown = JSON.parse(
    Buffer.from(accessToken.split('.')[1]!, 'base64url').toString(),
  );
  expect(user.role).toBe('admin');
  expect(claims).toMatchObject({ role: 'admin' });
});
