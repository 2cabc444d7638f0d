import type { SignedIn } from '../../src/auth/auth.schemas';
import { Caller } from '../support/caller';
import { expectProblem } from '../support/problems';
import { type SignedInUser, System } from '../support/system';

let system: System;
let admin: SignedInUser;

beforeAll(async () => {
  system = await System.start();
  admin = await system.asAdmin();
});

afterAll(() => system.stop());

describe("Better-Auth's end of acting as someone else, by a program without cookies,", () => {
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

  it('ends nothing for whoever acts as nobody else', async () => {
    const ada = await system.asUser();
    expect((await stop(system.apiUrl, ada.refreshToken)).status).toBe(400);
    expect((await ada.caller.get('/api/v1/users/me')).status).toBe(200);
  });
});
