import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SignedIn } from '../../src/auth-proxy/auth.schemas';
import type { User } from '../../src/users/user.schemas';
import type { SessionList } from '../../src/users/session.schemas';
import type { Statistics } from '../../src/admin/stats/stats.schemas';
import { LOCKS } from '../../contract';
import { type Answer, Caller } from '../support/caller';
import { ClientKeyPair } from '../support/client/client-keys';
import { expectProblem } from '../support/problems';
import { PASSWORD, type SignedInUser, System } from '../support/system';

/** Each change of an administrator records an event. */
const LOCK_EVENTS = 'LOCK TABLE audit_event IN EXCLUSIVE MODE';

const USERS = '/api/v1/admin/users';

const SCOPE = { name: 'orders:read', description: 'Read orders' };

describe('an administrator', () => {
  let system: System;
  let admin: SignedInUser;

  beforeAll(async () => {
    system = await System.start();
    admin = await system.asAdmin();
  });

  afterAll(() => system.stop());

  it('creates a user who can sign in', async () => {
    const body = { email: 'Grace@Example.com', password: PASSWORD, name: 'Grace', role: 'admin' };
    const answer = await admin.caller.post<User>('/api/v1/admin/users', body);
    expect(answer).toMatchObject({
      status: 201,
      body: { email: 'grace@example.com', role: 'admin' },
    });
    const location = answer.headers.get('location')!;
    expect(await admin.caller.get(location.replace(system.apiUrl, ''))).toMatchObject({
      status: 200,
      body: answer.body,
    });
    const grace = await system.signIn({ email: 'grace@example.com', password: PASSWORD });
    expect(await grace.caller.get('/api/v1/admin/stats')).toMatchObject({ status: 200 });
  });

  it('creates a user without a password, who cannot sign in with a password', async () => {
    const body = { email: 'no-password@example.com', name: 'Nobody yet' };
    expect(await admin.caller.post('/api/v1/admin/users', body)).toMatchObject({ status: 201 });
    const credentials = { email: body.email, password: PASSWORD };
    const answer = await system.asAnonymous().post('/api/v1/auth/sign-in', credentials);
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
  });

  it('gets an error for a taken e-mail address, on creation and on change', async () => {
    const ada = await system.asUser();
    const body = { email: ada.email.toUpperCase(), name: 'Twin' };
    const taken = { status: 409, body: { code: 'email_taken' } };
    expect(await admin.caller.post('/api/v1/admin/users', body)).toMatchObject(taken);
    const change = { email: 'admin@example.com' };
    expect(await admin.caller.patch(`/api/v1/admin/users/${ada.id}`, change)).toMatchObject(taken);
  });

  it("changes a user's profile", async () => {
    const ada = await system.asUser();
    const change = {
      email: `new-${ada.email}`,
      emailVerified: true,
      name: 'Countess',
      image: null,
    };
    const answer = await admin.caller.patch<User>(`/api/v1/admin/users/${ada.id}`, change);
    expect(answer).toMatchObject({ status: 200, body: change });
    expect(await ada.caller.get('/api/v1/users/me')).toMatchObject({ body: change });
  });

  it('changes an e-mail address, which is verified only when the request says so', async () => {
    const ada = await system.asUser();
    const path = `/api/v1/admin/users/${ada.id}`;
    const after = async (change: object) => (await admin.caller.patch<User>(path, change)).body;
    expect(await after({ emailVerified: true })).toMatchObject({ emailVerified: true });
    expect(await after({ email: ada.email.toUpperCase(), name: 'Ada' })).toMatchObject({
      email: ada.email,
      emailVerified: true,
    });
    const email = `other-${ada.email}`;
    expect(await after({ email })).toMatchObject({ email, emailVerified: false });
    expect(await after({ email: ada.email, emailVerified: true })).toMatchObject({
      email: ada.email,
      emailVerified: true,
    });
  });

  it('changes the own profile, but not the own e-mail address', async () => {
    const { id, email, caller } = await system.asNewAdmin();
    const path = `/api/v1/admin/users/${id}`;
    for (const change of [{ email: `thief-${email}` }, { emailVerified: true, name: 'Thief' }]) {
      expectProblem(await caller.patch(path, change), 'forbidden');
    }
    expect(await caller.patch(path, { email, name: 'Ada' })).toMatchObject({
      status: 200,
      body: { email, emailVerified: false, name: 'Ada' },
    });
  });

  it("changes an e-mail address by Better-Auth's route with the same result", async () => {
    const ada = await system.asUser();
    const update = (data: object) =>
      new Caller(system.apiUrl, admin.refreshToken).post('/api/auth/admin/update-user', {
        userId: ada.id,
        data,
      });
    const same = { email: ada.email.toUpperCase(), name: 'Ada' };
    await update({ emailVerified: true });
    expect((await update(same)).body).toMatchObject({ email: ada.email, emailVerified: true });
    const email = `other-${ada.email}`;
    expect((await update({ email })).body).toMatchObject({ email, emailVerified: false });
    const said = { email: ada.email, emailVerified: true };
    expect((await update(said)).body).toMatchObject(said);
  });

  describe('with If-Match', () => {
    let user: SignedInUser;
    let path: string;

    beforeEach(async () => {
      user = await system.asUser();
      path = `${USERS}/${user.id}`;
    });

    async function readTag(): Promise<string> {
      const tag = (await admin.caller.get(path)).headers.get('etag')!;
      expect((await admin.caller.get(path, { 'if-none-match': tag })).status).toBe(304);
      return tag;
    }

    const CHANGES: [title: string, change: (tag: string) => Promise<Answer<unknown>>][] = [
      ['name', (tag) => admin.caller.patch(path, { name: 'New' }, { 'if-match': tag })],
      ['role', (tag) => admin.caller.put(`${path}/role`, { role: 'admin' }, { 'if-match': tag })],
      ['ban', (tag) => admin.caller.put(`${path}/ban`, {}, { 'if-match': tag })],
      ['end of the ban', (tag) => admin.caller.delete(`${path}/ban`, { 'if-match': tag })],
      ['deletion', (tag) => admin.caller.delete(path, { 'if-match': tag })],
    ];

    it.each(CHANGES)('changes an unchanged user: %s', async (_title, change) => {
      const answer = await change(await readTag());
      expect([200, 204]).toContain(answer.status);
      if (answer.status === 200) expect(answer.headers.get('etag')).toBe(await readTag());
    });

    it.each(CHANGES)('does not change another state: %s', async (_title, change) => {
      const tag = await readTag();
      await system.query(`UPDATE "user" SET image = 'https://example.com/a.png' WHERE id = $1`, [
        user.id,
      ]);
      const before = await admin.caller.get(path);
      expectProblem(await change(tag), 'precondition_failed');
      expect((await admin.caller.get(path)).body).toEqual(before.body);
    });

    it.each([
      `email = 'other-' || email`,
      'email_verified = NOT email_verified',
      `role = 'admin'`,
      'banned = true',
      `banned = true, ban_reason = 'Spam'`,
      `banned = true, ban_expires = now() + interval '1 day'`,
      `updated_at = updated_at + interval '1 ms'`,
    ])('has another tag after %s', async (assignment) => {
      const tag = await readTag();
      await system.query(`UPDATE "user" SET ${assignment} WHERE id = $1`, [user.id]);
      expect(await readTag()).not.toBe(tag);
      expect((await admin.caller.get(path, { 'if-none-match': tag })).status).toBe(200);
    });

    it('has the tag of the answer that shows no ban, after the end of a ban', async () => {
      const end = `now() + interval '1 day'`;
      const ban = `UPDATE "user" SET banned = true, ban_expires = ${end} WHERE id = $1`;
      await system.query(ban, [user.id]);
      const banned = await readTag();
      const past = `UPDATE "user" SET ban_expires = now() - interval '1 s' WHERE id = $1`;
      await system.query(past, [user.id]);
      const free = await readTag();
      expect(free).not.toBe(banned);
      const change = (tag: string) => admin.caller.patch(path, { name: 'x' }, { 'if-match': tag });
      expectProblem(await change(banned), 'precondition_failed');
      expect((await change(free)).status).toBe(200);
      await admin.caller.delete(path);
    });

    it('succeeds for one of several concurrent requests with the same tag', async () => {
      for (let round = 0; round < 5; round += 1) {
        const tag = await readTag();
        const headers = { 'if-match': tag };
        const answers = await Promise.all([
          ...[0, 1, 2].map((index) =>
            admin.caller.patch(path, { name: `Name ${round}.${index}` }, headers),
          ),
          admin.caller.put(`${path}/ban`, { reason: `Round ${round}` }, headers),
        ]);
        const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
        expect(statuses).toEqual([200, 412, 412, 412]);
        const won = answers.find(({ status }) => status === 200)!;
        expect((await admin.caller.get(path)).body).toEqual(won.body);
      }
    });

    it('is checked also for a request with an Idempotency-Key, which PATCH does not use', async () => {
      const headers = { 'if-match': await readTag(), 'idempotency-key': randomUUID() };
      const first = await admin.caller.patch(path, { name: 'Once' }, headers);
      expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([200, null]);
      expectProblem(
        await admin.caller.patch(path, { name: 'Once' }, headers),
        'precondition_failed',
      );
      expect((await admin.caller.get(path)).body).toEqual(first.body);
    });

    it('gets 404 for a user who does not exist, and the tag of a new user', async () => {
      const unknown = await admin.caller.delete(`${USERS}/unknown`, { 'if-match': '*' });
      expectProblem(unknown, 'not_found');
      const input = { email: `${randomUUID()}@example.com`, name: 'New' };
      const key = { 'idempotency-key': randomUUID() };
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const { body, headers } = await admin.caller.post<User>(USERS, input, key);
        const read = await admin.caller.get(`${USERS}/${body.id}`);
        expect(headers.get('etag')).toBe(read.headers.get('etag'));
      }
    });
  });

  it('deletes a user, whose token is refused by the next request', async () => {
    const ada = await system.asUser();
    expect(await admin.caller.delete(`/api/v1/admin/users/${ada.id}`)).toMatchObject({
      status: 204,
    });
    expect(await ada.caller.get('/api/v1/users/me')).toMatchObject({ status: 401 });
    const gone = { status: 404, body: { code: 'not_found' } };
    expect(await admin.caller.delete(`/api/v1/admin/users/${ada.id}`)).toMatchObject(gone);
    expect(await admin.caller.get(`/api/v1/admin/users/${ada.id}`)).toMatchObject(gone);
  });

  it("lists and ends a user's sessions", async () => {
    const ada = await system.asUser();
    const path = `/api/v1/admin/users/${ada.id}/sessions`;
    const phone = await system.signIn({ email: ada.email, password: PASSWORD });
    const { body } = await admin.caller.get<SessionList>(path);
    expect(body.items.map(({ current }) => current)).toEqual([false, false]);
    expect(await admin.caller.delete(`${path}/${body.items[0]!.id}`)).toMatchObject({
      status: 204,
    });
    expect(await phone.caller.get('/api/v1/users/me')).toMatchObject({ status: 401 });
    expect(await ada.caller.get('/api/v1/users/me')).toMatchObject({ status: 200 });
    expect(await admin.caller.delete(path)).toMatchObject({ status: 204 });
    expect(await ada.caller.get('/api/v1/users/me')).toMatchObject({ status: 401 });
  });

  it('impersonates a user in a marked session of one hour, which a token does not extend', async () => {
    const ada = await system.asUser();
    const path = `/api/v1/admin/users/${ada.id}/impersonate`;
    const answer = await admin.caller.post<SignedIn>(path);
    expect(answer).toMatchObject({ status: 201, body: { user: { id: ada.id } } });
    const acting = new Caller(system.apiUrl, answer.body.accessToken);
    const session = await acting.get('/api/v1/auth/session');
    expect(session.body).toMatchObject({ session: { impersonatedBy: admin.id, current: true } });
    const { refreshToken } = answer.body;
    await system.asAnonymous().post('/api/v1/auth/refresh', { refreshToken });
    const [row] = await system.query<{ minutes: number }>(
      `SELECT extract(epoch FROM expires_at - now())::int / 60 AS minutes FROM session WHERE impersonated_by = $1`,
      [admin.id],
    );
    expect(row!.minutes).toBeLessThanOrEqual(60);
    expect(await acting.post('/api/v1/auth/sign-out')).toMatchObject({ status: 204 });
    expect(await acting.get('/api/v1/users/me')).toMatchObject({ status: 401 });
    expect(await admin.caller.get('/api/v1/users/me')).toMatchObject({ status: 200 });
  });

  it('cannot impersonate an administrator or a banned user', async () => {
    const refused = { status: 409, body: { code: 'cannot_impersonate_admin' } };
    const self = `/api/v1/admin/users/${admin.id}/impersonate`;
    expect(await admin.caller.post(self)).toMatchObject(refused);
    const ada = await system.asUser();
    await admin.caller.put(`/api/v1/admin/users/${ada.id}/ban`, {});
    const path = `/api/v1/admin/users/${ada.id}/impersonate`;
    expect(await admin.caller.post(path)).toMatchObject({ status: 403, body: { code: 'banned' } });
  });

  it('stops impersonating after losing the role', async () => {
    const grace = await system.asUser();
    await admin.caller.put(`/api/v1/admin/users/${grace.id}/role`, { role: 'admin' });
    const ada = await system.asUser();
    const answer = await grace.caller.post<SignedIn>(`/api/v1/admin/users/${ada.id}/impersonate`);
    const acting = new Caller(system.apiUrl, answer.body.accessToken);
    expect(await acting.get('/api/v1/users/me')).toMatchObject({ status: 200 });
    await admin.caller.put(`/api/v1/admin/users/${grace.id}/role`, { role: 'user' });
    expect(await acting.get('/api/v1/users/me')).toMatchObject({ status: 401 });
  });

  describe('whose access ends while a request waits', () => {
    let other: SignedInUser;
    let target: SignedInUser;

    beforeEach(async () => {
      [other, target] = [await system.asNewAdmin(), await system.asUser()];
    });

    /** Makes the change while the request waits for the lock. @returns its answer. */
    const duringChange = (
      request: () => Promise<Answer>,
      { lock = LOCK_EVENTS, change }: { lock?: string; change: string },
    ): Promise<Answer> => system.duringChange({ lock, change }, request);

    const forbidden = { status: 403, body: { code: 'forbidden' } };
    const ended = { status: 401, body: { code: 'invalid_token' } };
    const demote = ({ id }: SignedInUser) => `UPDATE "user" SET role = 'user' WHERE id = '${id}'`;
    const promote = ({ id }: SignedInUser) => `UPDATE "user" SET role = 'admin' WHERE id = '${id}'`;
    const endSessions = ({ id }: SignedInUser) => `DELETE FROM session WHERE user_id = '${id}'`;
    const path = ({ id }: SignedInUser) => `/api/v1/admin/users/${id}`;

    it.each([
      ['PATCH', '/users/$', { name: 'Changed' }],
      ['PUT', '/users/$/role', { role: 'admin' }],
      ['PUT', '/users/$/ban', {}],
      ['DELETE', '/users/$', undefined],
      ['DELETE', '/users/$/sessions', undefined],
      ['DELETE', '/users/$/two-factor', undefined],
      ['DELETE', '/users/$/sign-in-methods', undefined],
      ['PATCH', '/clients/$', { name: 'Changed' }],
      ['DELETE', '/clients/$', undefined],
    ])('changes nothing after losing the role: %s %s', async (method, route, body) => {
      const { clientId } = await system.asServiceAccount(['users:read']);
      await system.query(
        `INSERT INTO two_factor (id, user_id, secret, backup_codes) VALUES ($1, $1, 's', 's')`,
        [target.id],
      );
      if (route.endsWith('/two-factor')) {
        await system.query(`UPDATE "user" SET two_factor_enabled = true WHERE id = $1`, [
          target.id,
        ]);
      }
      const id = route.startsWith('/clients') ? clientId : target.id;
      const call = () =>
        other.caller.call(method, `/api/v1/admin${route.replace('$', id)}`, { body });
      const state = () =>
        system.query(
          `SELECT name, role, banned, (SELECT count(*) FROM session WHERE user_id = $1) AS sessions,
                  (SELECT count(*) FROM two_factor WHERE user_id = $1) AS factors,
                  (SELECT count(*) FROM account WHERE user_id = $1) AS accounts,
                  (SELECT name FROM oauth_client WHERE client_id = $2) AS client
             FROM "user" WHERE id = $1`,
          [target.id, clientId],
        );
      const before = await state();
      expect(await duringChange(call, { change: demote(other) })).toMatchObject(forbidden);
      expect(await state()).toEqual(before);
    });

    it.each([
      ['set-role', { role: 'admin' }],
      ['update-user', { data: { name: 'Changed' } }],
      ['ban-user', {}],
      ['remove-user', {}],
      ['revoke-user-sessions', {}],
      ['set-user-password', { newPassword: 'Another-Pass-8431!' }],
    ])('changes nothing at the auth server after losing the role: %s', async (route, body) => {
      const caller = new Caller(system.settings.authUrl, other.refreshToken);
      const call = () => caller.post(`/api/auth/admin/${route}`, { userId: target.id, ...body });
      const state = () =>
        system.query(
          `SELECT name, role, banned, password,
                  (SELECT count(*) FROM session s WHERE s.user_id = u.id) AS sessions
             FROM "user" u JOIN account a ON a.user_id = u.id WHERE u.id = $1`,
          [target.id],
        );
      const before = await state();
      // No row that the request reads: each of its writes waits.
      const lock = `SELECT FROM "user" u JOIN account a ON a.user_id = u.id JOIN session s
        ON s.user_id = u.id WHERE u.id = '${target.id}' FOR UPDATE`;
      const answer = await duringChange(call, { lock, change: demote(other) });
      expect(answer.status).toBe(403);
      expect(await state()).toEqual(before);
    });

    it('does not get the lost role back from a request at the auth server', async () => {
      const caller = new Caller(system.settings.authUrl, other.refreshToken);
      const body = { userId: other.id, role: 'admin' };
      const call = () => caller.post('/api/auth/admin/set-role', body);
      const answer = await duringChange(call, { lock: demote(other), change: 'SELECT' });
      expect(answer.status).toBe(403);
      const role = await system.query('SELECT role FROM "user" WHERE id = $1', [other.id]);
      expect(role).toEqual([{ role: 'user' }]);
    });

    it('changes nothing at the auth server after the session has ended', async () => {
      const caller = new Caller(system.settings.authUrl, other.refreshToken);
      const call = () =>
        caller.post('/api/auth/admin/set-role', { userId: target.id, role: 'admin' });
      const lock = `SELECT FROM "user" WHERE id = '${target.id}' FOR UPDATE`;
      const change = endSessions(other);
      expect((await duringChange(call, { lock, change })).status).toBe(401);
      const role = await system.query('SELECT role FROM "user" WHERE id = $1', [target.id]);
      expect(role).toEqual([{ role: 'user' }]);
    });

    it.each([
      ['losing the role', demote, forbidden],
      ['the session has ended', endSessions, ended],
    ])('creates no user after %s', async (_title, toChange, expected) => {
      const email = 'created-late@example.com';
      const call = () =>
        other.caller.post('/api/v1/admin/users', { email, name: 'Late', password: PASSWORD });
      const lock = 'LOCK TABLE account IN SHARE MODE';
      expect(await duringChange(call, { lock, change: toChange(other) })).toMatchObject(expected);
      expect(await system.query('SELECT FROM "user" WHERE email = $1', [email])).toEqual([]);
    });

    it.each([
      ['forbidden', 403, '', 'the role is lost', () => demote(other)],
      ['forbidden', 403, '/$/impersonate', 'the role is lost', () => demote(other)],
      [
        'cannot_impersonate_admin',
        409,
        '/$/impersonate',
        'the user has one',
        () => promote(target),
      ],
    ])('gets %s (%i) at /users%s when %s before the work', async (...row) => {
      const [code, status, route, , toChange] = row;
      const body = route === '' ? { email: 'late@example.com', name: 'Late' } : undefined;
      const url = `/api/v1/admin/users${route.replace('$', target.id)}`;
      // From here on, the API knows the session, and only the auth server reads it.
      await other.caller.get('/api/v1/users/me');
      const lock = 'LOCK TABLE session IN ACCESS EXCLUSIVE MODE';
      const call = () => other.caller.post(url, body);
      const answer = await duringChange(call, { lock, change: toChange() });
      expect(answer).toMatchObject({ status, body: { code } });
    });

    it('gets 401 or a created user when a ban comes at any point of the request', async () => {
      const statuses = new Set<number>();
      for (let round = 0; round < 24; round += 1) {
        const banned = await system.asNewAdmin();
        await banned.caller.get('/api/v1/users/me');
        const body = { email: `at-any-point-${round}@example.com`, name: 'Late' };
        const answering = banned.caller.post('/api/v1/admin/users', body);
        await delay(round % 12);
        await admin.caller.put(`${path(banned)}/ban`, {});
        statuses.add((await answering).status);
      }
      expect([...statuses].filter((status) => ![201, 401].includes(status))).toEqual([]);
    });

    /** What writes credentials of a client: the method, the path below the client, the body. */
    const credentialWrites = async (clientId: string) => {
      const { jwks } = await ClientKeyPair.make();
      const created = { name: 'Late', type: 'machine', scopes: ['users:read'] };
      return {
        'a new client': { method: 'POST', route: '/clients', body: created },
        'a new secret': { method: 'POST', route: `/clients/${clientId}/secret` },
        'new keys': { method: 'PUT', route: `/clients/${clientId}/keys`, body: jwks },
      };
    };

    it.each([
      ['a new client', 'losing the role', demote, forbidden],
      ['a new secret', 'losing the role', demote, forbidden],
      ['new keys', 'losing the role', demote, forbidden],
      ['a new client', 'the session has ended', endSessions, ended],
      ['a new secret', 'the session has ended', endSessions, ended],
      ['new keys', 'the session has ended', endSessions, ended],
    ] as const)('writes no credentials of a client: %s after %s', async (...row) => {
      const [write, , toChange, expected] = row;
      const body = { name: 'Nightly', type: 'machine', scopes: ['users:read'] };
      const own = write === 'new keys' ? { jwks: (await ClientKeyPair.make()).jwks } : {};
      const answer = await admin.caller.post<{ clientId: string }>('/api/v1/admin/clients', {
        ...body,
        ...own,
      });
      const { clientId } = answer.body;
      const request = (await credentialWrites(clientId))[write];
      const { method, route } = request;
      const call = () =>
        other.caller.call(method, `/api/v1/admin${route}`, {
          body: 'body' in request ? request.body : undefined,
        });
      const state = () =>
        system.query('SELECT client_id, client_secret, jwks FROM oauth_client ORDER BY client_id');
      const before = await state();
      const lock = `SELECT pg_advisory_xact_lock(${LOCKS.resourceScopes});
        SELECT FROM oauth_client WHERE client_id = '${clientId}' FOR UPDATE`;
      expect(await duringChange(call, { lock, change: toChange(other) })).toMatchObject(expected);
      expect(await state()).toEqual(before);
    });

    it('creates no resource server after the session has ended', async () => {
      const body = { identifier: 'https://orders.example', name: 'Orders', scopes: [SCOPE] };
      const call = () => other.caller.post('/api/v1/admin/resources', body);
      const change = endSessions(other);
      expect(await duringChange(call, { change })).toMatchObject(ended);
      expect(await system.query(`SELECT FROM oauth_resource WHERE name = 'Orders'`)).toEqual([]);
    });

    it('does not get the own role back', async () => {
      const call = () => other.caller.put(`${path(other)}/role`, { role: 'admin' });
      const held = { lock: demote(other), change: 'SELECT' };
      expect(await duringChange(call, held)).toMatchObject(forbidden);
    });

    it('and a service account that is disabled changes nothing', async () => {
      const account = await system.asServiceAccount(['users:write']);
      const call = () => account.caller.patch(path(target), { name: 'Changed' });
      const change = `UPDATE oauth_client SET disabled = true WHERE client_id = '${account.clientId}'`;
      expect(await duringChange(call, { change })).toMatchObject(ended);
    });

    it.each([
      ['of tokens of its own', 'client_credentials_scopes'],
      ['that it may be granted', 'scopes'],
    ])('and a client that loses a scope %s changes nothing', async (_title, column) => {
      const client =
        column === 'scopes'
          ? await system.asClient(other, ['openid', 'users:write'])
          : await system.asServiceAccount(['users:write']);
      const call = () => client.caller.patch(path(target), { name: 'Changed' });
      const change = `UPDATE oauth_client SET ${column} = '["openid"]'
        WHERE client_id = '${client.clientId}'`;
      const refused = { status: 403, body: { code: 'insufficient_scope' } };
      expect(await duringChange(call, { change })).toMatchObject(refused);
      const [user] = await system.query('SELECT name FROM "user" WHERE id = $1', [target.id]);
      expect(user).not.toEqual({ name: 'Changed' });
    });

    it('and a client whose grant is withdrawn changes nothing', async () => {
      const client = await system.asClient(other, ['openid', 'users:write']);
      const call = () => client.caller.patch(path(target), { name: 'Changed' });
      const change = `DELETE FROM oauth_grant WHERE client_id = '${client.clientId}'`;
      expect(await duringChange(call, { change })).toMatchObject(ended);
    });

    it('and a client that is no longer first-party changes nothing', async () => {
      const client = await system.asClient(other, ['openid'], { firstParty: true });
      const call = () => client.caller.patch(path(target), { name: 'Changed' });
      const change = `UPDATE oauth_client SET skip_consent = false
        WHERE client_id = '${client.clientId}'`;
      expect(await duringChange(call, { change })).toMatchObject(ended);
    });
  });

  it('reads statistics that match the tables', async () => {
    const { status, body } = await admin.caller.get<Statistics>('/api/v1/admin/stats');
    const [counted] = await system.query<{ users: number; sessions: number; banned: number }>(
      `SELECT (SELECT count(*)::int FROM "user") AS users, (SELECT count(*)::int FROM session) AS sessions,
              (SELECT count(*)::int FROM "user" WHERE banned) AS banned`,
    );
    expect({ status, body }).toMatchObject({ status: 200, body: counted });
    expect(body.signUpsByDay).toHaveLength(30);
    // The users of this file, also when midnight was between them.
    const lastDays = body.signUpsByDay.slice(-2);
    expect(lastDays.reduce((sum, { count }) => sum + count, 0)).toBe(counted!.users);
  });

  it('counts sign-ups by the day in UTC, in a session with another time zone', async () => {
    const daysBefore = (day: string, days: number) =>
      new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);
    const today = new Date().toISOString();
    const dayOf = (days: number) => daysBefore(today, days);
    const [early, late] = [await system.asUser(), await system.asUser()];
    const setTime = (id: string, time: string) =>
      system.query(`UPDATE "user" SET created_at = $2::timestamptz WHERE id = $1`, [id, time]);
    await setTime(early.id, `${dayOf(10)}T00:00:00Z`);
    await setTime(late.id, `${dayOf(10)}T23:59:59Z`);
    const { body } = await admin.caller.get<Statistics>('/api/v1/admin/stats');
    const last = body.signUpsByDay.at(-1)!.day;
    expect(body.signUpsByDay.map(({ day }) => day)).toEqual(
      Array.from({ length: 30 }, (_none, index) => daysBefore(last, 29 - index)),
    );
    // One later after midnight.
    expect([dayOf(0), dayOf(-1)]).toContain(last);
    expect(
      body.signUpsByDay.filter(({ day }) => [dayOf(9), dayOf(10), dayOf(11)].includes(day)),
    ).toEqual([
      { day: dayOf(11), count: 0 },
      { day: dayOf(10), count: 2 },
      { day: dayOf(9), count: 0 },
    ]);
  });
});
