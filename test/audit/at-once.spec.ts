import { Client } from 'pg';
import { describeEvent, type LoggedEvent } from './ledger';
import { Caller } from '../support/caller';
import { readMails } from '../support/client/mailbox';
import { confirmLink } from '../support/client/mailed-links';
import { sendDuring } from '../support/servers/open-transaction';
import { PASSWORD, type SignedInUser, System } from '../support/system';

/** Requests that are sent in parallel. */
const AT_ONCE = 8;

const ROUNDS = 5;

let system: System;
let root: SignedInUser;

beforeAll(async () => {
  system = await System.start({ replicas: 2 });
  root = await system.asAdmin();
});

afterAll(() => system.stop());

async function atOnce(send: () => Promise<{ status: number }>): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, send));
  return answers.map(({ status }) => status).toSorted((a, b) => a - b);
}

async function eventsAbout(ann: SignedInUser, action: string): Promise<string[]> {
  const events = await system.query<LoggedEvent>(
    'SELECT * FROM audit_event WHERE subject_id = $1 AND action = $2 ORDER BY id',
    [ann.id, action],
  );
  return events.map((event) => describeEvent(event, { [ann.id]: 'Ann', [root.id]: 'Root' }));
}

async function otherSession({ email }: SignedInUser): Promise<SignedInUser & { sid: string }> {
  const user = await system.signIn({ email, password: PASSWORD });
  const { sid } = JSON.parse(atob(user.accessToken.split('.')[1]!)) as { sid: string };
  return { ...user, sid };
}

/** Which of two requests gets the row is random, and so is whether they overlap. */
describe('an operation that several requests perform at the same time', () => {
  it('is recorded once: the end of a session', async () => {
    const ann = await system.asUser();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { sid } = await otherSession(ann);
      const statuses = await atOnce(() => ann.caller.delete(`/api/v1/users/me/sessions/${sid}`));
      expect(statuses).toEqual([204, ...Array.from({ length: AT_ONCE - 1 }, () => 404)]);
      await expect(eventsAbout(ann, 'session.revoked')).resolves.toHaveLength(round);
    }
  });

  it('is recorded once: a sign-out', async () => {
    const ann = await system.asUser();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { caller } = await otherSession(ann);
      await atOnce(() => caller.post('/api/v1/auth/sign-out'));
      await expect(eventsAbout(ann, 'user.signed_out')).resolves.toHaveLength(round);
    }
  });

  it('is recorded once: a deletion', async () => {
    const ann = await system.asUser();
    const statuses = await atOnce(() => root.caller.delete(`/api/v1/admin/users/${ann.id}`));
    expect(statuses[0]).toBe(204);
    await expect(eventsAbout(ann, 'user.deleted')).resolves.toEqual([
      'user.deleted by Root about Ann',
    ]);
  });

  it('is recorded once: a ban', async () => {
    const ann = await system.asUser();
    await atOnce(() => root.caller.put(`/api/v1/admin/users/${ann.id}/ban`, {}));
    await expect(eventsAbout(ann, 'user.banned')).resolves.toEqual([
      'user.banned by Root about Ann',
    ]);
  });

  it('is recorded by the request that makes it: a change of the e-mail address', async () => {
    const ann = await system.asUser();
    const newEmail = `new-${ann.email}`;
    const link = await askForAddress(ann, newEmail);
    const writer = new Client(system.database.url);
    await writer.connect();
    const change = {
      sql: 'UPDATE "user" SET email = $2 WHERE id = $1',
      values: [ann.id, newEmail],
    };
    const confirming = sendDuring({ writer, ...change, requests: [() => confirmLink(link)] });
    const [answer] = await confirming.finally(() => void writer.end());
    expect(answer!.status).toBe(200);
    expect(answer!.text).toContain('Your new e-mail address is confirmed');
    await expect(eventsAbout(ann, 'user.email_changed')).resolves.toEqual([]);
    await expect(readMails(system, ann.email)).resolves.toEqual([]);
  });
});

/** @returns the link of the mail to the new address. */
async function askForAddress(ann: SignedInUser, newEmail: string): Promise<string> {
  // A link of the second in which the password was set is void.
  await system.query(
    `WITH aged AS (UPDATE account SET updated_at = now() - interval '1 minute' WHERE user_id = $1)
     UPDATE credential_state SET changed_at = now() - interval '1 minute' WHERE user_id = $1`,
    [ann.id],
  );
  const caller = new Caller(`${system.settings.authUrl}/api/auth`, ann.refreshToken);
  expect(await caller.post('/change-email', { newEmail })).toMatchObject({ status: 200 });
  const [mail] = await readMails(system, newEmail);
  return /https?:\/\/\S+/.exec(mail!.text)![0];
}
