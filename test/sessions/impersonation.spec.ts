import { decodeJwt } from 'jose';
import { Client } from 'pg';
import type { SignedIn } from '../../src/auth-proxy/auth.schemas';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { expectProblem } from '../support/problems';
import { PASSWORD, type SignedInUser, System } from '../support/system';

const WAITING = `
  SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;

let system: System;
let admin: SignedInUser;

beforeAll(async () => {
  system = await System.start();
  admin = await system.asAdmin();
});

afterAll(() => system.stop());

describe("Better-Auth's end of an impersonation, by a client without cookies,", () => {
  const stop = (baseUrl: string, sessionToken: string) =>
    new Caller(baseUrl, sessionToken).post('/api/auth/admin/stop-impersonating', {});

  it.each([
    ['directly', () => system.settings.authUrl],
    ['through the API', () => system.apiUrl],
  ])('%s, ends that session and no other', async (_way, baseUrl) => {
    const ada = await system.asUser();
    const path = `/api/v1/admin/users/${ada.id}/impersonate`;
    const { body: acting } = await admin.caller.post<SignedIn>(path);
    const answer = await stop(baseUrl(), acting.refreshToken);
    expect(answer).toMatchObject({ status: 200, body: { session: null, user: null } });
    const asAda = new Caller(system.apiUrl, acting.accessToken);
    expectProblem(await asAda.get('/api/v1/users/me'), 'invalid_token');
    expect((await ada.caller.get('/api/v1/users/me')).status).toBe(200);
    expect((await admin.caller.get('/api/v1/users/me')).status).toBe(200);
    expect((await stop(baseUrl(), acting.refreshToken)).status).toBe(401);
  });

  it('has no effect outside an impersonation', async () => {
    const ada = await system.asUser();
    expect((await stop(system.apiUrl, ada.refreshToken)).status).toBe(400);
    expect((await ada.caller.get('/api/v1/users/me')).status).toBe(200);
  });
});

describe('a session of an impersonation', () => {
  let grace: SignedInUser;
  let ada: SignedInUser;
  let asAda: Caller;
  let acting: SignedIn;

  beforeEach(async () => {
    grace = await system.asNewAdmin();
    ada = await system.asUser();
    const path = `/api/v1/admin/users/${ada.id}/impersonate`;
    ({ body: acting } = await grace.caller.post<SignedIn>(path));
    asAda = new Caller(system.apiUrl, acting.accessToken);
  });

  it('has tokens that name the administrator, and no time and method of a sign-in', async () => {
    const renewed = await new Caller(system.apiUrl).post<SignedIn>('/api/v1/auth/refresh', {
      refreshToken: acting.refreshToken,
    });
    for (const { accessToken } of [acting, renewed.body]) {
      const claims = decodeJwt(accessToken);
      expect(claims).toMatchObject({ sub: ada.id, act: { sub: grace.id } });
      expect(claims).not.toHaveProperty('auth_time');
      expect(claims).not.toHaveProperty('amr');
    }
    const own = decodeJwt(ada.accessToken);
    expect(own).toHaveProperty('auth_time', expect.any(Number));
    expect(own).not.toHaveProperty('act');
  });

  it.each<[string, (name: string, value: string) => string]>([
    ['once', (name, value) => `${name}=${value}`],
    ['before another one', (name, value) => `${name}=${value}; ${name}=a.b`],
    ['after a space of another kind', (name, value) => `\u00A0${name}=${value}`],
    ['between a quotation mark and a comma', (name, value) => `${name}="${value},`],
  ])('changes no credentials with its cookie %s', async (_form, write) => {
    const { authUrl } = system.settings;
    const post = (path: string, body: object, headers: Record<string, string>) =>
      fetch(`${authUrl}/api/auth${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: authUrl, ...headers },
        body: JSON.stringify(body),
      });
    const begin = await post(
      '/admin/impersonate-user',
      { userId: ada.id },
      { authorization: `Bearer ${grace.refreshToken}` },
    );
    const given = begin.headers.getSetCookie().map((text) => text.split(';')[0]!);
    const [name, value] = given.findLast((text) => /\.session_token=./.test(text))!.split('=') as [
      string,
      string,
    ];
    const cookie = write(name, value);
    const answer = await post('/change-email', { newEmail: 'thief@example.com' }, { cookie });
    expect(await answer.json()).toMatchObject({ code: 'IMPERSONATION_NOT_ALLOWED' });
    expect((await post('/update-user', { name: 'Other' }, { cookie })).status).toBe(200);
  });

  const callAuth = ({ refreshToken }: SignedInUser, path: string, body: object) =>
    new Caller(system.settings.authUrl, refreshToken).post(`/api/auth${path}`, body);

  const setRole = (userId: string, role: string) =>
    callAuth(admin, '/admin/set-role', { userId, role });

  const deleteSessionsOf = ({ id }: SignedInUser) =>
    system.query('DELETE FROM session WHERE user_id = $1', [id]);

  const endByTime = ({ id }: SignedInUser) =>
    system.query('UPDATE session SET expires_at = now() WHERE user_id = $1', [id]);

  it.each<[string, () => Promise<unknown>]>([
    ['is demoted by the auth server', () => setRole(grace.id, 'user')],
    [
      'is demoted by hand',
      () => system.query(`UPDATE "user" SET role = 'user' WHERE id = $1`, [grace.id]),
    ],
    [
      'is banned by hand',
      () => system.query('UPDATE "user" SET banned = true WHERE id = $1', [grace.id]),
    ],
    ['is deleted by hand', () => system.query('DELETE FROM "user" WHERE id = $1', [grace.id])],
  ])('ends when the administrator %s', async (_way, act) => {
    expect((await asAda.get('/api/v1/users/me')).status).toBe(200);
    await act();
    await eventually(async () => {
      expectProblem(await asAda.get('/api/v1/users/me'), 'invalid_token');
    });
    expect((await ada.caller.get('/api/v1/users/me')).status).toBe(200);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['by the API', () => admin.caller.put(`/api/v1/admin/users/${ada.id}/role`, { role: 'admin' })],
    ['by the auth server', () => setRole(ada.id, 'admin')],
  ])('ends when the impersonated user is promoted %s', async (_way, act) => {
    expect((await asAda.get('/api/v1/users/me')).status).toBe(200);
    await act();
    await eventually(async () => {
      expectProblem(await asAda.get('/api/v1/users/me'), 'invalid_token');
    });
    expect((await ada.caller.get('/api/v1/admin/stats')).status).toBe(200);
    expect((await grace.caller.get('/api/v1/users/me')).status).toBe(200);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['signs out', () => grace.caller.post('/api/v1/auth/sign-out')],
    ['ends all sessions', () => callAuth(grace, '/revoke-sessions', {})],
    [
      'loses all sessions by a colleague',
      () => admin.caller.delete(`/api/v1/admin/users/${grace.id}/sessions`),
    ],
    [
      'loses all sessions by the auth server',
      () => callAuth(admin, '/admin/revoke-user-sessions', { userId: grace.id }),
    ],
    ['loses the session by hand', () => deleteSessionsOf(grace)],
    ['has a session that ends by its time', () => endByTime(grace)],
  ])('ends when the administrator %s', async (_way, act) => {
    expect((await asAda.get('/api/v1/users/me')).status).toBe(200);
    await act();
    await eventually(async () => {
      expectProblem(await asAda.get('/api/v1/users/me'), 'invalid_token');
    });
    expect((await ada.caller.get('/api/v1/users/me')).status).toBe(200);
  });

  it.each([
    ['by its deletion', 'DELETE FROM session WHERE user_id = $1'],
    ['by its time', 'UPDATE session SET expires_at = now() WHERE user_id = $1'],
  ])('does not begin while the session of the administrator is ended %s', async (_way, end) => {
    const holder = new Client(system.database.url);
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(end, [grace.id]);
      const begun = callAuth(grace, '/admin/impersonate-user', { userId: ada.id });
      await eventually(async () => {
        expect(await system.query(WAITING)).toHaveLength(1);
      });
      await holder.query('COMMIT');
      expect(await begun).toMatchObject({ status: 401 });
    } finally {
      await holder.end();
    }
    const left = 'SELECT FROM session WHERE impersonated_by = $1 AND expires_at > now()';
    expect(await system.query(left, [grace.id])).toEqual([]);
  });

  it('ends no later than the session of the administrator', async () => {
    const minutes = `UPDATE session SET expires_at = now() + interval '10 minutes' WHERE user_id = $1`;
    await system.query(minutes, [grace.id]);
    const begin = `
      INSERT INTO session (id, token, user_id, impersonated_by, begun_in, expires_at)
      SELECT gen_random_uuid(), gen_random_uuid(), $2, user_id, id, now() + interval '1 hour'
        FROM session WHERE user_id = $1
      RETURNING expires_at <= now() + interval '10 minutes' AS "isInTime"`;
    expect(await system.query(begin, [grace.id, ada.id])).toEqual([{ isInTime: true }]);
  });

  it('continues when another session of the administrator ends', async () => {
    const { email } = grace;
    const other = await system.signIn({ email, password: PASSWORD });
    await other.caller.post('/api/v1/auth/sign-out');
    expect((await asAda.get('/api/v1/users/me')).status).toBe(200);
  });

  it('continues after other changes', async () => {
    await admin.caller.patch(`/api/v1/admin/users/${grace.id}`, { name: 'Grace' });
    await admin.caller.patch(`/api/v1/admin/users/${ada.id}`, { name: 'Ada' });
    await admin.caller.put(`/api/v1/admin/users/${ada.id}/role`, { role: 'user' });
    expect((await asAda.get('/api/v1/users/me')).status).toBe(200);
  });
});
