import { readFileSync } from 'node:fs';
import type { TwoFactorRequired } from '../../src/auth-proxy/second-step.schemas';
import type { UserExport } from '../../src/users/me/me.schemas';
import { Caller } from '../support/caller';
import { readMails } from '../support/client/mailbox';
import { confirmLink } from '../support/client/mailed-links';
import { expectProblem } from '../support/problems';
import { resetCodeOf } from '../support/reset-code';
import { PASSWORD, type SignedInUser, System } from '../support/system';
import { AuthenticatorApp } from './authenticator-app';
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
  return (await readMails(system, email)).map(({ subject }) => subject);
}

const actionsAbout = ({ id }: SignedInUser, actor: SignedInUser) =>
  system.query<{ action: string; detail: object | null }>(
    `SELECT action, detail FROM audit_event WHERE subject_id = $1 AND actor_id = $2 ORDER BY id`,
    [id, actor.id],
  );

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

  it('has no effect for a user who has not entered the first code', async () => {
    const bob = await system.asUser();
    const session = new Caller(`${system.apiUrl}/api/auth/two-factor`, bob.refreshToken);
    const { body } = await session.post<{ totpURI: string }>('/enable', { password: PASSWORD });
    expect(await remove(admin.caller, bob.id)).toMatchObject({ status: 204 });
    expect(await bob.caller.get('/api/v1/users/me')).toMatchObject({ status: 200 });
    expect(await subjectsTo(bob.email)).toEqual([]);
    expect(await actionsAbout(bob, admin)).toEqual([]);
    const code = new AuthenticatorApp(body.totpURI).code();
    expect(await session.post('/verify-totp', { code })).toMatchObject({ status: 200 });
    expect(await readMails(system, bob.email)).toMatchObject([
      {
        subject: 'The second factor of your account was switched on',
        text: expect.stringContaining('If it was not you, tell the people who run this service'),
      },
    ]);
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

describe('DELETE /admin/users/{id}/sign-in-methods', () => {
  const removeAll = (caller: Caller, { id }: SignedInUser, headers?: Record<string, string>) =>
    caller.call('DELETE', `/api/v1/admin/users/${id}/sign-in-methods`, { headers });

  const atAuthServer = (path: string, body: object, token?: string) =>
    new Caller(system.settings.authUrl, token).post(`/api/auth${path}`, body);

  const PROVIDER = `
    INSERT INTO account (id, user_id, account_id, provider_id) VALUES ($1 || '-p', $1, $1, 'oidc')`;

  it('leaves only a password that is set by mail', async () => {
    await system.query(PROVIDER, [ada.id]);
    const { challenge } = (await signIn(ada)).body;
    expect(await removeAll(admin.caller, ada)).toMatchObject({ status: 204 });
    expectProblem(await ada.caller.get('/api/v1/users/me'), 'invalid_token');
    expectProblem(await signIn(ada), 'invalid_credentials');
    const late = { challenge, code: app.code(1) };
    expectProblem(
      await system.asAnonymous().post('/api/v1/auth/two-factor', late),
      'invalid_challenge',
    );
    for (const table of ['account', 'passkey', 'two_factor', 'session']) {
      expect(await system.query(`SELECT FROM ${table} WHERE user_id = $1`, [ada.id])).toEqual([]);
    }
    await atAuthServer('/request-password-reset', { email: ada.email });
    const token = await resetCodeOf(system.settings.authUrl, ada.email);
    const reset = await atAuthServer('/reset-password', { token, newPassword: PASSWORD });
    expect(reset).toMatchObject({ status: 200 });
    expect((await signIn(ada)).body).toHaveProperty('accessToken');
  });

  it('sends the owner a mail, and is recorded', async () => {
    await system.query(PROVIDER, [ada.id]);
    await removeAll(admin.caller, ada);
    const [mail] = await readMails(system, ada.email);
    expect(mail).toMatchObject({
      subject: 'An administrator removed all sign-in methods of your account',
      text: expect.stringContaining('ask for a new password with this address'),
    });
    const events = await actionsAbout(ada, admin);
    expect(events).toHaveLength(5);
    expect(events).toEqual(
      expect.arrayContaining([
        { action: 'account.unlinked', detail: { provider: 'credential' } },
        { action: 'account.unlinked', detail: { provider: 'oidc' } },
        expect.objectContaining({ action: 'passkey.removed' }),
        expect.objectContaining({ action: 'two_factor.disabled' }),
        { action: 'session.all_revoked', detail: { sessions: 1 } },
      ]),
    );
  });

  it('voids a change of the e-mail address that was requested before', async () => {
    const eve = await system.asUser();
    const newEmail = `now-${eve.email}`;
    await atAuthServer('/change-email', { newEmail }, eve.refreshToken);
    const [{ text } = { text: '' }] = await readMails(system, newEmail);
    await removeAll(admin.caller, eve);
    await confirmLink(/https?:\S+/.exec(text)![0]);
    const found = await system.query('SELECT email FROM "user" WHERE id = $1', [eve.id]);
    expect(found).toEqual([{ email: eve.email }]);
  });

  it('is open to administrators only, and not for their own account', async () => {
    const bob = await system.asUser();
    expectProblem(await removeAll(bob.caller, ada), 'forbidden');
    expectProblem(await removeAll(ada.caller, ada), 'forbidden');
    expectProblem(await removeAll(system.asAnonymous(), ada), 'missing_token');
    expectProblem(await removeAll(admin.caller, admin), 'forbidden');
    const other = { 'if-match': '"another"' };
    expectProblem(await removeAll(admin.caller, ada, other), 'precondition_failed');
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
