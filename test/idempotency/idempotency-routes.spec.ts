import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectReplayOf, IdempotencyStage, newUser, USERS } from './idempotency-stage';
import type { SignedIn } from '../../src/auth-proxy/auth.schemas';
import { expectProblem } from '../support/problems';
import { PASSWORD, type SignedInUser, type System } from '../support/system';

let stage: IdempotencyStage;
let system: System;
let admin: SignedInUser;

beforeAll(async () => {
  stage = await IdempotencyStage.start();
  ({ system, admin } = stage);
});

afterAll(() => stage.stop());

it('docs/guides/rest-conventions.md lists every route that accepts a key', () => {
  const { paths } = JSON.parse(read('openapi.json')) as { paths: Record<string, Operations> };
  const accepting = Object.entries(paths)
    .filter(([, { post }]) => JSON.stringify(post?.parameters ?? []).includes('Idempotency-Key'))
    .map(([path]) => path.replace('/api/v1', ''));
  const section = read('docs/guides/rest-conventions.md').split('## Idempotency-Key\n')[1]!;
  const listed = section.split('On other routes')[0]!.matchAll(/`(?:POST )?(\/[^`]+)`/g);
  expect([...listed].map(([, path]) => path!).toSorted()).toEqual(accepting.toSorted());
});

interface Operations {
  post?: { parameters?: object[] };
}

const read = (file: string) => readFileSync(join(__dirname, '../..', file), 'utf8');

describe('every route that accepts a key', () => {
  it('sends one mail for a password reset', async () => {
    const { id, email } = await system.asUser();
    const headers = { 'idempotency-key': 'mail' };
    for (let tries = 0; tries < 2; tries += 1) {
      const answer = await admin.caller.post(`${USERS}/${id}/password-reset`, undefined, headers);
      expect(answer.status).toBe(202);
    }
    const mailbox = await fetch(`${system.settings.authUrl}/dev/mailbox`);
    const { items } = (await mailbox.json()) as { items: { to: string }[] };
    expect(items.filter(({ to }) => to === email)).toHaveLength(1);
  });

  it('begins one session for an impersonation', async () => {
    const { id } = await system.asUser();
    const headers = { 'idempotency-key': 'act' };
    const act = () => admin.caller.post<SignedIn>(`${USERS}/${id}/impersonate`, undefined, headers);
    const first = await act();
    expect(first.status).toBe(201);
    expectReplayOf(await act(), first);
    const sessions = await system.query(
      'SELECT id FROM session WHERE user_id = $1 AND impersonated_by IS NOT NULL',
      [id],
    );
    expect(sessions).toHaveLength(1);
  });

  it('signs a user up once, without a token', async () => {
    const body = newUser();
    const signUp = (key: string, changed = {}) => {
      const headers = { 'idempotency-key': key };
      return system
        .asAnonymous()
        .post<SignedIn>('/api/v1/auth/sign-up', { ...body, ...changed }, headers);
    };
    const first = await signUp('hello');
    expect(first.status).toBe(201);
    expectReplayOf(await signUp('hello'), first);
    // The stored response needs the password.
    expectProblem(
      await signUp('hello', { password: 'another password' }),
      'idempotency_key_reused',
    );
    expectProblem(await signUp('goodbye'), 'email_taken');
  });

  it('stores no readable value and no caller', async () => {
    await system.query('DELETE FROM idempotency_key');
    const { id, email } = await system.asUser();
    const body = newUser();
    await stage.create(body, 'secret-key');
    const headers = { 'idempotency-key': 'secret-key-2' };
    const path = `${USERS}/${id}/impersonate`;
    const { body: tokens } = await admin.caller.post<SignedIn>(path, undefined, headers);
    const kept = await stage.rows();
    expect(kept.map(({ answer }) => answer !== null)).toEqual([true, true]);
    const text = kept
      .flatMap((row) => Object.values(row))
      .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
      .join();
    const secrets = [tokens.accessToken, tokens.refreshToken, PASSWORD, 'secret-key'];
    // A name of an answer's field is long enough not to appear in a ciphertext by chance.
    for (const secret of [
      ...secrets,
      body.email,
      email,
      id,
      admin.id,
      '"accessToken"',
      '"email"',
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  it('ignores a key on other routes', async () => {
    const headers = { 'idempotency-key': 'one, two' };
    expect((await admin.caller.get(USERS, headers)).status).toBe(200);
    const signIn = { email: admin.email, password: 'wrong' };
    const answer = await system.asAnonymous().post('/api/v1/auth/sign-in', signIn, headers);
    expectProblem(answer, 'invalid_credentials');
  });
});
