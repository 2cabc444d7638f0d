import type { Response } from 'supertest';
import { ADMIN_EMAIL, ADMIN_PASSWORD } from '../support/auth-server/auth-settings';
import { LimitsCluster, PASSWORD } from './limits-cluster';

/** More than the free attempts and the one that starts the wait. */
const TIMES = 8;
const COMMON = 'iloveyou2024';
const OTHER = 'several unrelated words';

let cluster: LimitsCluster;
let people = 0;
let userId: string;
let headers: { authorization: string };

beforeAll(async () => (cluster = await LimitsCluster.start(2)));
beforeEach(async () => {
  const email = `person${(people += 1)}@example.com`;
  await cluster.signUp(email);
  ({ userId, headers } = await signIn(email, PASSWORD));
});
afterEach(() => cluster.forgetAttempts());
afterAll(() => cluster.stop());

async function signIn(email: string, password: string) {
  const { body } = await cluster.signIn(email, password).expect(200);
  return { userId: body.user.id, headers: { authorization: `Bearer ${body.token}` } };
}

const change = (currentPassword: string, newPassword: string, server = 0) =>
  cluster.post('/change-password', { currentPassword, newPassword }, { headers, server });

/** Alternates between both auth servers. @returns the answers. */
async function answersOf(
  send: (index: number, server: number) => PromiseLike<Response>,
): Promise<string[]> {
  const answers: string[] = [];
  for (let index = 0; index < TIMES; index += 1) {
    const { status, body } = await send(index, index % 2);
    answers.push(`${status} ${body.code}`);
  }
  return answers;
}

const wrongPasswords = () => answersOf((index, server) => change(`wrong ${index}`, OTHER, server));

const WRONG_UNTIL_THE_WAIT = [
  ...Array<string>(6).fill('400 INVALID_PASSWORD'),
  ...Array<string>(2).fill('429 TOO_MANY_REQUESTS'),
];

describe('a new password that is refused', () => {
  const refused = Array<string>(TIMES).fill('400 PASSWORD_TOO_COMMON');

  it('is no wrong password: an accepted one is set afterwards', async () => {
    expect(await answersOf((_index, server) => change(PASSWORD, COMMON, server))).toEqual(refused);
    await change(PASSWORD, OTHER).expect(200);
  });

  it('does not tell whether the current password is right, also during the wait', async () => {
    const guess = (index: number, server: number) => change(`wrong ${index}`, COMMON, server);
    const right = (_index: number, server: number) => change(PASSWORD, COMMON, server);
    expect(await answersOf(guess)).toEqual(refused);
    expect(await wrongPasswords()).toEqual(WRONG_UNTIL_THE_WAIT);
    expect(await answersOf(guess)).toEqual(refused);
    expect(await answersOf(right)).toEqual(refused);
    await change(PASSWORD, OTHER).expect(429);
  });

  it('gives no attempt back', async () => {
    const answers = await answersOf(async (index, server) => {
      await change(PASSWORD, COMMON, server);
      return change(`wrong ${index}`, OTHER, server);
    });
    expect(answers).toEqual(WRONG_UNTIL_THE_WAIT);
  });
});

it('the refused requests of an administrator who acts as a user are no wrong passwords', async () => {
  const admin = await signIn(ADMIN_EMAIL, ADMIN_PASSWORD);
  const acting = await cluster.post('/admin/impersonate-user', { userId }, admin).expect(200);
  const asUser = { headers: { authorization: `Bearer ${acting.body.session.token}` } };
  const disable = (index: number, server: number) =>
    cluster.post('/two-factor/disable', { password: `wrong ${index}` }, { ...asUser, server });
  expect(await answersOf(disable)).toEqual(
    Array<string>(TIMES).fill('403 IMPERSONATION_NOT_ALLOWED'),
  );
  expect(await wrongPasswords()).toEqual(WRONG_UNTIL_THE_WAIT);
});
