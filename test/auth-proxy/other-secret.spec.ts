import { Caller } from '../support/caller';
import { ReplicaProcess } from '../support/processes/replica-process';
import { System } from '../support/system';

let system: System;
let replica: ReplicaProcess;

beforeAll(async () => {
  system = await System.start();
  const env = { INTERNAL_SECRET: 'not the secret of the auth server, which has another' };
  replica = await ReplicaProcess.start({ settings: system.settings, env });
});

afterAll(async () => {
  await replica.stop();
  await system.stop();
});

it('an API with another INTERNAL_SECRET than the auth server gives 502, and accepts the token', async () => {
  const { accessToken } = await system.asAdmin();
  const caller = new Caller(replica.url, accessToken);
  const body = { email: 'ada@example.com', name: 'Ada' };
  expect(await caller.post('/api/v1/admin/users', body)).toMatchObject({
    status: 502,
    body: { code: 'auth_server_failed' },
  });
  expect(await caller.get('/api/v1/users/me')).toMatchObject({ status: 200 });
});
