import { readFileSync } from 'node:fs';
import type { TwoFactorRequired } from '../../src/auth-proxy/second-step.schemas';
import type { UserExport } from '../../src/users/me/me.schemas';
import { Caller } from '../support/caller';
import { expectProblem } from '../support/problems';
import { PASSWORD, type SignedInUser, System } from '../support/system';
import type { AuthenticatorApp } from './authenticator-app';
import { enrolUser } from './enrolment';

const SIGN_IN = '/api/v1/auth/sign-in';

let system: System;
let admin: SignedInUser;
let ada: SignedInUser;
let app: AuthenticatorApp;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.stop());

beforeEach(async () => {
  admin = await system.asAdmin();
  ada = await system.asUser();
  app = await enrol(ada);
});

/** A passkey with an invalid key, which is not used here. */
async function enrol(user: SignedInUser): Promise<AuthenticatorApp> {
  const { app: made, refreshToken } = await enrolUser(system, user);
  const tokens = await system
    .asAnonymous()
    .post<SignedInUser>('/api/v1/auth/refresh', { refreshToken });
  user.caller = new Caller(system.apiUrl, tokens.body.accessToken);
  await system.query(
    `INSERT INTO passkey (id, user_id, name, public_key, credential_id, counter, device_type, backed_up)
     VALUES ($1, $1, 'Phone', 'AAAA', $1, 0, 'multiDevice', true)`,
    [user.id],
  );
  return made;
}

const remove = (caller: Caller, id: string) =>
  caller.delete(`/api/v1/admin/users/${id}/two-factor`);

const signIn = ({ email }: SignedInUser) =>
  system.asAnonymous().post<TwoFactorRequired>(SIGN_IN, { email, password: PASSWORD });

/** Subjects of the mails to one address, newest first. */
async function subjectsTo(email: string): Promise<string[]> {
  const mailbox = new Caller(system.settings.authUrl);
  const { body } = await mailbox.get<{ items: { to: string; subject: string }[] }>('/dev/mailbox');
  return body.items.filter(({ to }) => to === email).map(({ subject }) => subject);
}

describe('DELETE /admin/users/{id}/two-factor', () => {
  it('sends the owner one mail', async () => {
    for (let time = 0; time < 2; time += 1) {
      expect(await remove(admin.caller, ada.id)).toMatchObject({ status: 204 });
    }
    const told = (await subjectsTo(ada.email)).filter((subject) => /administrator/.test(subject));
    expect(told).toEqual(['An administrator removed the second factor of your account']);
  });

  it('allows sign-in with the password only, ends sessions and sign-ins in progress', async () => {
    const { challenge } = (await signIn(ada)).body;
    expect(await ada.caller.get('/api/v1/users/me')).toMatchObject({ status: 200 });
    expect(await remove(admin.caller, ada.id)).toMatchObject({ status: 204 });
    expectProblem(await ada.caller.get('/api/v1/users/me'), 'invalid_token');
    const late = { challenge, code: app.code(1) };
    expectProblem(
      await system.asAnonymous().post('/api/v1/auth/two-factor', late),
      'invalid_challenge',
    );
    expect((await signIn(ada)).body).toHaveProperty('accessToken');
  });

  it('is recorded', async () => {
    await remove(admin.caller, ada.id);
    const events = await system.query(
      `SELECT actor_id, action FROM audit_event WHERE subject_id = $1 AND action = 'two_factor.disabled'`,
      [ada.id],
    );
    expect(events).toEqual([{ actor_id: admin.id, action: 'two_factor.disabled' }]);
  });

  it('has no effect for a user without a second factor', async () => {
    const bob = await system.asUser();
    expect(await remove(admin.caller, bob.id)).toMatchObject({ status: 204 });
    expect(await bob.caller.get('/api/v1/users/me')).toMatchObject({ status: 200 });
    expectProblem(await remove(admin.caller, 'nobody'), 'not_found');
  });

  it('is open to administrators only, and not for their own account', async () => {
    const bob = await system.asUser();
    expectProblem(await remove(bob.caller, ada.id), 'forbidden');
    expectProblem(await remove(ada.caller, ada.id), 'forbidden');
    expectProblem(await remove(system.asAnonymous(), ada.id), 'missing_token');
    expectProblem(await remove(admin.caller, admin.id), 'forbidden');
    expect((await signIn(ada)).body).toHaveProperty('twoFactorRequired');
  });
});

it('of the last administrator is removed by the owner of the database, as the page says', async () => {
  const page = readFileSync('docs/operations/README.md', 'utf8');
  const [, sql] = /^ *(UPDATE "user" SET two_factor_enabled = .*;)$/m.exec(page)!;
  const { challenge } = (await signIn(ada)).body;
  await system.query(sql!.replace('admin@example.com', ada.email));
  const late = { challenge, code: app.code(1) };
  expectProblem(
    await system.asAnonymous().post('/api/v1/auth/two-factor', late),
    'invalid_challenge',
  );
  expect((await signIn(ada)).body).toHaveProperty('accessToken');
  expect(await system.query('SELECT FROM two_factor WHERE user_id = $1', [ada.id])).toEqual([]);
  expect(await ada.caller.get('/api/v1/users/me')).toMatchObject({ status: 200 });
});

describe("a user's second factor and passkeys", () => {
  it('are in the export, without secrets', async () => {
    const { body } = await ada.caller.get<UserExport>('/api/v1/users/me/export');
    expect(body.secondFactor).toEqual({ enabled: true, trustedDevices: [] });
    expect(body.passkeys).toEqual([
      {
        id: ada.id,
        name: 'Phone',
        deviceType: 'multiDevice',
        backedUp: true,
        createdAt: expect.stringMatching(/Z$/),
      },
    ]);
    for (const secret of [...app.secret, 'AAAA']) {
      expect(JSON.stringify(body)).not.toContain(secret);
    }
  });

  it('are deleted with the user', async () => {
    await signIn(ada);
    expect(await admin.caller.delete(`/api/v1/admin/users/${ada.id}`)).toMatchObject({
      status: 204,
    });
    for (const [table, column] of [
      ['two_factor', 'user_id'],
      ['passkey', 'user_id'],
      ['verification', 'value'],
    ]) {
      const sql = `SELECT FROM ${table} WHERE ${column} = $1`;
      expect(await system.query(sql, [ada.id])).toEqual([]);
    }
  });
});
