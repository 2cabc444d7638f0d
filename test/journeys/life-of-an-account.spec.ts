import type { SessionAndUser, SignedIn, Tokens } from '../../src/auth-proxy/auth.schemas';
import type { User } from '../../src/users/user.schemas';
import { Caller } from '../support/caller';
import { PASSWORD, System } from '../support/system';

describe('an account', () => {
  let system: System;
  let ada: SignedIn;
  let caller: Caller;

  beforeAll(async () => {
    system = await System.start();
  });

  afterAll(() => system.stop());

  it('signs up', async () => {
    const body = { email: 'ada@example.com', password: PASSWORD, name: 'Ada Lovelace' };
    const answer = await system.asAnonymous().post<SignedIn>('/api/v1/auth/sign-up', body);
    expect(answer.status).toBe(201);
    expect(answer.body.user).toMatchObject({
      email: 'ada@example.com',
      role: 'user',
      banned: false,
    });
    expect(answer.body).toMatchObject({ tokenType: 'Bearer', expiresIn: 900 });
  });

  it('signs in', async () => {
    const body = { email: 'ada@example.com', password: PASSWORD };
    const answer = await system.asAnonymous().post<SignedIn>('/api/v1/auth/sign-in', body);
    expect(answer.status).toBe(200);
    ada = answer.body;
    caller = new Caller(system.apiUrl, ada.accessToken);
  });

  it('reads the own profile and session', async () => {
    const profile = await caller.get<User>('/api/v1/users/me');
    expect(profile).toMatchObject({ status: 200, body: ada.user });
    const session = await caller.get<SessionAndUser>('/api/v1/auth/session');
    expect(session).toMatchObject({
      status: 200,
      body: { session: { current: true }, user: ada.user },
    });
  });

  it('is refused on an admin route', async () => {
    const answer = await caller.get('/api/v1/admin/users');
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('is accepted with the same token after a promotion', async () => {
    const admin = await system.asAdmin();
    const path = `/api/v1/admin/users/${ada.user.id}/role`;
    expect(await admin.caller.put(path, { role: 'admin' })).toMatchObject({ status: 200 });
    expect(await caller.get('/api/v1/admin/users')).toMatchObject({ status: 200 });
  });

  it('gets a new access token for the same session', async () => {
    const body = { refreshToken: ada.refreshToken };
    const answer = await system.asAnonymous().post<Tokens>('/api/v1/auth/refresh', body);
    expect(answer.status).toBe(200);
    const refreshed = new Caller(system.apiUrl, answer.body.accessToken);
    expect(await refreshed.get('/api/v1/users/me')).toMatchObject({ status: 200 });
  });

  it('is refused everywhere after a ban', async () => {
    const admin = await system.asAdmin();
    const ban = await admin.caller.put<User>(`/api/v1/admin/users/${ada.user.id}/ban`, {
      reason: 'Spam',
    });
    expect(ban).toMatchObject({ status: 200, body: { banned: true, banReason: 'Spam' } });
    const invalid = { status: 401, body: { code: 'invalid_token' } };
    expect(await caller.get('/api/v1/users/me')).toMatchObject(invalid);
    const { refreshToken } = ada;
    const refresh = await system.asAnonymous().post('/api/v1/auth/refresh', { refreshToken });
    expect(refresh).toMatchObject({ status: 401, body: { code: 'invalid_refresh_token' } });
    const body = { email: 'ada@example.com', password: PASSWORD };
    const signIn = await system.asAnonymous().post('/api/v1/auth/sign-in', body);
    expect(signIn).toMatchObject({ status: 403, body: { code: 'banned' } });
  });

  it('signs in again after the end of the ban, and signs out', async () => {
    const admin = await system.asAdmin();
    const lifted = await admin.caller.delete<User>(`/api/v1/admin/users/${ada.user.id}/ban`);
    expect(lifted).toMatchObject({ status: 200, body: { banned: false, banReason: null } });
    const back = await system.signIn({ email: 'ada@example.com', password: PASSWORD });
    expect(await back.caller.post('/api/v1/auth/sign-out')).toMatchObject({ status: 204 });
    expect(await back.caller.get('/api/v1/users/me')).toMatchObject({ status: 401 });
  });
});
