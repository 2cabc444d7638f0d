import { eventually } from '../support/eventually';
import { PASSWORD, System } from '../support/system';
import { Visitor } from './visitor';

const NEW_PASSWORD = 'a quite different password';

let system: System;
let visitor: Visitor;

beforeAll(async () => {
  system = await System.start();
  visitor = new Visitor(system.settings.authUrl);
});
afterAll(() => system.stop());

/** Requests a mail and waits for its link, which arrives after the response. */
async function linkAfter(action: () => Promise<unknown>): Promise<string> {
  const before = await visitor.newestLink();
  await action();
  let link = before;
  await eventually(async () => {
    link = await visitor.newestLink();
    expect(link).not.toBe(before);
  });
  return link;
}

it('has the same text for a known and an unknown e-mail address', async () => {
  const { email } = await system.asUser();
  const known = await visitor.fillIn('/forgot-password', { email });
  const unknown = await visitor.fillIn('/forgot-password', { email: 'nobody@example.com' });
  expect(known).toMatchObject({ status: 200, text: unknown.text });
});

it('sets a new password by the link of a mail, once', async () => {
  const { email, caller } = await system.asUser();
  const link = await linkAfter(() => visitor.fillIn('/forgot-password', { email }));
  const { location } = await visitor.open(link);
  const page = await visitor.open(location!);
  expect(page.text).toContain('name="newPassword"');
  const token = new URL(location!).searchParams.get('token')!;
  const form = { token, newPassword: NEW_PASSWORD, repeatPassword: NEW_PASSWORD };
  expect(await visitor.submit('/reset-password', form)).toMatchObject({
    status: 200,
    text: expect.stringContaining('Your new password is set'),
  });
  expect(await visitor.submit('/reset-password', form)).toMatchObject({
    status: 400,
    text: expect.stringContaining('This link no longer works'),
  });
  expect(await caller.get('/api/v1/users/me')).toMatchObject({ status: 401 });
  await system.signIn({ email, password: NEW_PASSWORD });
});

it('keeps the token when the two passwords differ, and shows neither password', async () => {
  const form = { token: 'tok"en', newPassword: PASSWORD, repeatPassword: `${PASSWORD}.` };
  const answer = await visitor.submit('/reset-password', form);
  expect(answer.status).toBe(400);
  expect(answer.text).toContain('The two passwords are not the same.');
  expect(answer.text).toContain('value="tok&#34;en"');
  expect(answer.text).not.toContain(PASSWORD);
});

it('is linked in a mail that an administrator requested', async () => {
  const { id } = await system.asUser();
  const admin = await system.asAdmin();
  const path = `/api/v1/admin/users/${id}/password-reset`;
  const link = await linkAfter(() => admin.caller.post(path));
  const { location } = await visitor.open(link);
  expect(location).toMatch(new RegExp(`^${system.settings.authUrl}/reset-password\\?token=`));
});

it('shows that a used or invented link is invalid', async () => {
  const link = await visitor.newestLink();
  const { location } = await visitor.open(link.replace(/reset-password\/\w+/, 'reset-password/no'));
  expect(location).toMatch(/\/reset-password\?error=INVALID_TOKEN$/);
  expect((await visitor.open(location!)).status).toBe(400);
});
