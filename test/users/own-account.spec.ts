import { Client } from 'pg';
import type { SignedIn } from '../../src/auth-proxy/auth.schemas';
import type { AccountList, UserExport } from '../../src/users/me/me.schemas';
import type { SessionList } from '../../src/users/session.schemas';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { expectProblem } from '../support/problems';
import { PASSWORD, type SignedInUser, System } from '../support/system';

const ME = '/api/v1/users/me';

let system: System;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.stop());

describe('a signed-in user', () => {
  let ada: SignedInUser;

  beforeEach(async () => {
    ada = await system.asUser();
  });

  it('lists the own sessions, the current one marked, without tokens', async () => {
    const phone = await system.signIn({ email: ada.email, password: PASSWORD });
    const { status, body } = await phone.caller.get<SessionList>('/api/v1/users/me/sessions');
    expect(status).toBe(200);
    expect(body.items.map(({ current }) => current)).toEqual([true, false]);
    expect(JSON.stringify(body)).not.toContain(phone.refreshToken.split('.')[0]);
  });

  it('ends one session, which is refused by the next request', async () => {
    const phone = await system.signIn({ email: ada.email, password: PASSWORD });
    const { body } = await phone.caller.get<SessionList>('/api/v1/users/me/sessions');
    const other = body.items.find(({ current }) => !current)!;
    const path = `/api/v1/users/me/sessions/${other.id}`;
    expect(await phone.caller.delete(path)).toMatchObject({ status: 204 });
    expect(await ada.caller.get('/api/v1/users/me')).toMatchObject({ status: 401 });
    expect(await phone.caller.delete(path)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it("cannot end another user's session, whether it exists or not", async () => {
    const eve = await system.asUser();
    const { body } = await ada.caller.get<SessionList>('/api/v1/users/me/sessions');
    const answer = await eve.caller.delete(`/api/v1/users/me/sessions/${body.items[0]!.id}`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await ada.caller.get('/api/v1/users/me')).toMatchObject({ status: 200 });
  });

  it('ends all other sessions and keeps this one', async () => {
    const phone = await system.signIn({ email: ada.email, password: PASSWORD });
    expect(await phone.caller.delete('/api/v1/users/me/sessions')).toMatchObject({ status: 204 });
    expect(await ada.caller.get('/api/v1/users/me')).toMatchObject({ status: 401 });
    expect(await phone.caller.get('/api/v1/users/me')).toMatchObject({ status: 200 });
  });

  it('lists the own sign-in methods, without secrets', async () => {
    const { status, body } = await ada.caller.get<AccountList>('/api/v1/users/me/accounts');
    expect(status).toBe(200);
    expect(body.items).toEqual([
      {
        id: expect.any(String),
        providerId: 'credential',
        accountId: ada.id,
        createdAt: expect.any(String),
      },
    ]);
  });

  it('exports all stored data, without secrets', async () => {
    const { status, body } = await ada.caller.get<UserExport>('/api/v1/users/me/export');
    expect(status).toBe(200);
    expect(body.user.email).toBe(ada.email);
    expect(body.accounts).toHaveLength(1);
    expect(body.sessions).toHaveLength(1);
    const [account] = await system.query<{ password: string }>(
      'SELECT password FROM account WHERE user_id = $1',
      [ada.id],
    );
    expect(JSON.stringify(body)).not.toContain(account!.password);
  });

  it('deletes the own account: every row is deleted and the token is refused', async () => {
    await system.query(
      `INSERT INTO verification (id, identifier, value, expires_at) VALUES
       ('v1-' || $1, 'reset-password:x', $1, now() + interval '1 h'),
       ('v2-' || $1, 'trust-device-x', $1, now() + interval '1 h'),
       ('v3-' || $1, 'reset-password:y', $2, now() + interval '1 h')`,
      [ada.id, (await system.asUser()).id],
    );
    expect(await ada.caller.delete('/api/v1/users/me')).toMatchObject({ status: 204 });
    expect(await ada.caller.get('/api/v1/users/me')).toMatchObject({ status: 401 });
    const left = await system.query(
      `SELECT id FROM "user" WHERE id = $1 UNION ALL SELECT id FROM session WHERE user_id = $1
       UNION ALL SELECT id FROM account WHERE user_id = $1
       UNION ALL SELECT id FROM verification WHERE id LIKE '%' || $1`,
      [ada.id],
    );
    // The third verification belongs to another user.
    expect(left).toEqual([{ id: `v3-${ada.id}` }]);
  });

  it('leaves no link or trusted device that a request creates while the account is deleted', async () => {
    const deleting = new Client(system.database.url);
    await deleting.connect();
    try {
      await deleting.query('BEGIN');
      await deleting.query('DELETE FROM "user" WHERE id = $1', [ada.id]);
      const inserts = ['reset-password:', 'trust-device-'].map((kind) =>
        system.query(
          `INSERT INTO verification (id, identifier, value, expires_at)
           VALUES ($1 || $2, $1 || $2, $2, now() + interval '1 h')`,
          [kind, ada.id],
        ),
      );
      await eventually(async () => {
        const waiting = await system.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        expect(waiting).toHaveLength(inserts.length);
      });
      await deleting.query('COMMIT');
      await Promise.all(inserts);
    } finally {
      await deleting.end();
    }
    expect(await system.query('SELECT FROM verification WHERE value = $1', [ada.id])).toEqual([]);
  });

  it('cannot be deleted as the last administrator', async () => {
    const admin = await system.asAdmin();
    const answer = await admin.caller.delete('/api/v1/users/me');
    expect(answer).toMatchObject({ status: 409, body: { code: 'last_admin' } });
  });
});

/** Sessions that wait for a lock. */
const WAITING = `SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`;

describe('a user who is deleted during a request', () => {
  it.each([
    ['changing the profile', 'PATCH', { name: 'Late' }],
    ['deleting the account', 'DELETE', undefined],
  ])('gets invalid_token: %s', async (_title, method, body) => {
    const ada = await system.asUser();
    const database = new Client(system.database.url);
    await database.connect();
    await database.query('BEGIN');
    await database.query('SELECT 1 FROM "user" WHERE id = $1 FOR UPDATE', [ada.id]);
    const answer = ada.caller.call(method, ME, { body });
    await eventually(async () => {
      const { rowCount } = await database.query(WAITING);
      expect(rowCount).toBe(1);
    });
    await database.query('DELETE FROM "user" WHERE id = $1', [ada.id]);
    await database.query('COMMIT');
    await database.end();
    expectProblem(await answer, 'invalid_token');
  });
});

describe('a user whose role changes during a request', () => {
  it('changes the own profile, for which no role is needed', async () => {
    const ada = await system.asUser();
    const database = new Client(system.database.url);
    await database.connect();
    await database.query('BEGIN');
    await database.query('SELECT 1 FROM "user" WHERE id = $1 FOR UPDATE', [ada.id]);
    const answer = ada.caller.patch(ME, { name: 'Promoted' });
    await eventually(async () => expect((await database.query(WAITING)).rowCount).toBe(1));
    await database.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [ada.id]);
    await database.query('COMMIT');
    await database.end();
    expect(await answer).toMatchObject({ status: 200, body: { name: 'Promoted', role: 'admin' } });
  });
});

/** The impersonation ends while the request waits for the row of the user. */
describe('an impersonation that ends during a request', () => {
  let root: SignedInUser;
  let ada: SignedInUser;
  let asAda: Caller;

  beforeEach(async () => {
    root = await system.asAdmin();
    ada = await system.asUser();
    const path = `/api/v1/admin/users/${ada.id}/impersonate`;
    const { body } = await root.caller.post<SignedIn>(path);
    asAda = new Caller(system.apiUrl, body.accessToken);
  });

  it.each([
    ['changing the profile', 'PATCH', ME, { name: 'Late' }],
    ['exporting the data', 'GET', `${ME}/export`, undefined],
    ['deleting the account', 'DELETE', ME, undefined],
  ])('gets invalid_token and changes nothing: %s', async (_title, method, path, body) => {
    const database = new Client(system.database.url);
    await database.connect();
    await database.query('BEGIN');
    await database.query('SELECT 1 FROM "user" WHERE id = $1 FOR UPDATE', [ada.id]);
    const answer = asAda.call(method, path, { body });
    await eventually(async () => expect((await database.query(WAITING)).rowCount).toBe(1));
    expect((await asAda.post('/api/v1/auth/sign-out')).status).toBe(204);
    await database.query('ROLLBACK');
    await database.end();
    expectProblem(await answer, 'invalid_token');
    const events = await system.query<{ action: string }>(
      'SELECT action, impersonator_id FROM audit_event WHERE actor_id = $1 ORDER BY id DESC LIMIT 1',
      [ada.id],
    );
    expect(events).toEqual([{ action: 'impersonation.stopped', impersonator_id: root.id }]);
    expect((await ada.caller.get(ME)).status).toBe(200);
  });
});

describe('an impersonation whose session is gone, with ACCESS_CHECK=token,', () => {
  it('is still named in the audit log, by its token', async () => {
    const other = await System.start({ env: { ACCESS_CHECK: 'token' } });
    try {
      const root = await other.asAdmin();
      const ada = await other.asUser();
      const path = `/api/v1/admin/users/${ada.id}/impersonate`;
      const { body } = await root.caller.post<SignedIn>(path);
      await other.query('DELETE FROM session WHERE impersonated_by IS NOT NULL');
      const asAda = new Caller(other.apiUrl, body.accessToken);
      expect((await asAda.delete(ME)).status).toBe(204);
      const events = await other.query(
        `SELECT actor_id, impersonator_id FROM audit_event WHERE action = 'user.deleted'`,
      );
      expect(events).toEqual([{ actor_id: ada.id, impersonator_id: root.id }]);
    } finally {
      await other.stop();
    }
  });
});
