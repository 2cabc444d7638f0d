import { readMails } from '../support/client/mailbox';
import { passTime, startClock, stopClock } from '../support/clock';
import { eventually } from '../support/eventually';
import { InProcessSystem } from '../support/in-process-system';
import { expectProblem } from '../support/problems';
import type { SignedInUser } from '../support/system';

const MINUTE_MS = 60_000;

let system: InProcessSystem;
let ada: SignedInUser;

beforeAll(async () => {
  system = await InProcessSystem.start({ replicas: 2, env: { JWT_TTL: '15m' } });
  ada = await system.asUser({ name: 'Ada' });
});
afterAll(() => system.stop());

it('each kind of caller has a real token', async () => {
  const path = `/api/v1/admin/users/${ada.id}`;
  expectProblem(await system.asAnonymous().get(path), 'missing_token');
  expectProblem(await ada.caller.get(path), 'forbidden');
  const admin = await system.asAdmin();
  expect((await admin.caller.get(path)).status).toBe(200);
  const account = await system.asServiceAccount(['users:read']);
  expect((await account.caller.get(path)).body).toMatchObject({ name: 'Ada' });
  const client = await system.asClient(ada, ['openid', 'profile']);
  expect((await client.caller.get('/api/v1/users/me')).body).toMatchObject({ name: 'Ada' });
});

it('a ban through one replica is effective on the other', async () => {
  const ben = await system.asUser();
  const admin = await system.asAdmin();
  await admin.caller.put(`/api/v1/admin/users/${ben.id}/ban`, { reason: 'Spam' });
  const onOther = ben.caller.at(system.replicas[1]!.url);
  await eventually(async () => {
    expectProblem(await onOther.get('/api/v1/users/me'), 'invalid_token');
  });
});

it('a token expires', async () => {
  const { caller } = await system.asUser();
  stopClock();
  try {
    passTime(14 * MINUTE_MS);
    expect((await caller.get('/api/v1/users/me')).status).toBe(200);
    passTime(2 * MINUTE_MS);
    expectProblem(await caller.get('/api/v1/users/me'), 'invalid_token');
  } finally {
    startClock();
  }
});

it('a mail is kept for the test', async () => {
  const body = { email: ada.email };
  await system.asAnonymous().post('/api/auth/request-password-reset', body);
  await eventually(async () => {
    const [mail] = await readMails(system, ada.email);
    expect(mail?.text).toContain('/reset-password');
  });
});
