import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './api-types';
import { PASSWORD, System } from '../support/system';

type Problem = components['schemas']['Problem'];
type SignedIn = components['schemas']['SignedIn'];

let system: System;
let admin: Client<paths>;

/** A client as docs/guides/typed-client.md describes it. */
function clientFor(accessToken?: string): Client<paths> {
  const headers = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  return createClient<paths>({ baseUrl: system.apiUrl, headers });
}

/** The data of a response that must be a success. */
function dataOf<Data>({ data, error }: { data?: Data; error?: Problem }): Data {
  if (error) throw new Error(`${error.code}: ${error.detail}`);
  return data!;
}

async function signUp(name: string): Promise<SignedIn> {
  const body = { email: `${name}@example.com`, password: PASSWORD, name };
  const data = dataOf(await clientFor().POST('/api/v1/auth/sign-up', { body }));
  if ('verificationRequired' in data) throw new Error('not in this system');
  return data;
}

beforeAll(async () => {
  system = await System.start();
  admin = clientFor((await system.asAdmin()).accessToken);
});

afterAll(() => system.stop());

describe('a client generated from the document', () => {
  it('uses all account routes', async () => {
    const { accessToken } = await signUp('grace');
    const api = clientFor(accessToken);
    const me = await api.GET('/api/v1/users/me');
    expect(dataOf(me)).toMatchObject({ email: 'grace@example.com', role: 'user' });
    const tag = me.response.headers.get('etag')!;
    const change = { params: { header: { 'If-Match': tag } }, body: { name: 'Grace Hopper' } };
    expect(dataOf(await api.PATCH('/api/v1/users/me', change)).name).toBe('Grace Hopper');
    const late = await api.PATCH('/api/v1/users/me', change);
    expect(late.error?.code).toBe('precondition_failed');
    const { items } = dataOf(await api.GET('/api/v1/users/me/sessions'));
    expect(items.map(({ current }) => current)).toEqual([true]);
    const own = dataOf(await api.GET('/api/v1/users/me/export'));
    expect(own.user.name).toBe('Grace Hopper');
    expect(own.accounts.map(({ providerId }) => providerId)).toEqual(['credential']);
  });

  it('administers users', async () => {
    const body = {
      email: 'alan@example.com',
      password: PASSWORD,
      name: 'Alan',
      role: 'user',
    } as const;
    const { id } = dataOf(await admin.POST('/api/v1/admin/users', { body }));
    const params = { path: { id } };
    const page = dataOf(
      await admin.GET('/api/v1/admin/users', {
        params: { query: { search: 'alan', include: 'total' } },
      }),
    );
    expect(page).toMatchObject({ items: [{ id }], nextCursor: null, total: 1 });
    const role = { params, body: { role: 'admin' } } as const;
    expect(dataOf(await admin.PUT('/api/v1/admin/users/{id}/role', role)).role).toBe('admin');
    const ban = { params, body: { reason: 'Sent spam' } };
    expect(dataOf(await admin.PUT('/api/v1/admin/users/{id}/ban', ban)).banned).toBe(true);
    const signIn = { body: { email: body.email, password: PASSWORD } };
    const refused = await clientFor().POST('/api/v1/auth/sign-in', signIn);
    expect(refused.error?.code).toBe('banned');
    const events = dataOf(
      await admin.GET('/api/v1/admin/audit-events', { params: { query: { subject: id } } }),
    );
    expect(events.items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['user.created', 'user.role_changed', 'user.banned']),
    );
    const { response } = await admin.DELETE('/api/v1/admin/users/{id}', { params });
    expect(response.status).toBe(204);
  });

  it('has typed problems, with the errors of a body', async () => {
    const body = { email: 'no address', password: PASSWORD, name: 'Nobody' };
    const { error } = await clientFor().POST('/api/v1/auth/sign-up', { body });
    const problem: Problem | undefined = error;
    expect(problem?.errors).toEqual([{ pointer: '/email', detail: 'Must be an e-mail address' }]);
    const { error: missing } = await clientFor().GET('/api/v1/users/me');
    expect(missing).toMatchObject({ code: 'missing_token', status: 401 });
  });

  it('does not compile with an unknown route or field', async () => {
    const api = clientFor();
    // @ts-expect-error: there is no such route
    const lost = await api.GET('/api/v1/nothing');
    expect(lost.response.status).toBe(404);
    // @ts-expect-error: there is no such field
    const refused = await api.POST('/api/v1/auth/sign-in', { body: { mail: 'a@example.com' } });
    expect(refused.error?.code).toBe('validation_failed');
  });

  it('signs out and deletes the account', async () => {
    const { accessToken, refreshToken } = await signUp('edsger');
    const api = clientFor(accessToken);
    expect((await api.POST('/api/v1/auth/sign-out')).response.status).toBe(204);
    const after = await api.GET('/api/v1/users/me');
    expect(after.error?.code).toBe('invalid_token');
    const refresh = await api.POST('/api/v1/auth/refresh', { body: { refreshToken } });
    expect(refresh.error?.code).toBe('invalid_refresh_token');
    const signIn = { body: { email: 'edsger@example.com', password: PASSWORD } };
    const again = dataOf(await clientFor().POST('/api/v1/auth/sign-in', signIn));
    if ('twoFactorRequired' in again) throw new Error('no second factor here');
    const { response } = await clientFor(again.accessToken).DELETE('/api/v1/users/me');
    expect(response.status).toBe(204);
    expect((await clientFor().POST('/api/v1/auth/sign-in', signIn)).error?.code).toBe(
      'invalid_credentials',
    );
  });
});
