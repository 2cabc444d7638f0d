import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import type { MailboxEntry } from '../../auth-server/mail/mailer';
import { confirmLink } from '../support/client/mailed-links';
import { eventually } from '../support/eventually';
import { Caller } from '../support/caller';
import { PASSWORD, System } from '../support/system';

describe('mails with required e-mail verification', () => {
  let system: System;
  let authServer: Caller;

  beforeAll(async () => {
    system = await System.start({ env: { REQUIRE_EMAIL_VERIFICATION: 'true' } });
    authServer = new Caller(system.settings.authUrl);
  });

  afterAll(() => system.stop());

  async function newestMailTo(email: string): Promise<MailboxEntry> {
    const { body } = await authServer.get<{ items: MailboxEntry[] }>('/dev/mailbox');
    return body.items.find(({ to }) => to === email)!;
  }

  it('allow a sign-in only after verification', async () => {
    const account = { email: 'ada@example.com', password: PASSWORD, name: 'Ada <b>Lovelace</b>' };
    const signUp = await system.asAnonymous().post('/api/v1/auth/sign-up', account);
    expect(signUp).toMatchObject({ status: 202, body: { verificationRequired: true } });
    const { name: _name, ...credentials } = account;
    const early = await system.asAnonymous().post('/api/v1/auth/sign-in', credentials);
    expect(early).toMatchObject({ status: 403, body: { code: 'email_not_verified' } });
    const mail = await newestMailTo('ada@example.com');
    // The address is not verified: the name is the text of the sender.
    expect(mail.html + mail.text).not.toContain('Lovelace');
    const link = /http:\/\/\S+/.exec(mail.text)![0];
    expect((await confirmLink(link)).status).toBe(303);
    const late = await system.asAnonymous().post('/api/v1/auth/sign-in', credentials);
    expect(late).toMatchObject({ status: 200, body: { user: { emailVerified: true } } });
  });

  it('have the same response for a taken and a free address, and inform the owner', async () => {
    const body = { email: 'admin@example.com', password: PASSWORD, name: 'Somebody' };
    const answer = await system.asAnonymous().post('/api/v1/auth/sign-up', body);
    expect(answer).toMatchObject({ status: 202, body: { verificationRequired: true } });
    expect(await newestMailTo('admin@example.com')).toMatchObject({
      subject: 'You have an account already',
    });
  });

  it('have the name of the user only when the address is verified, of every kind', async () => {
    const { caller: admin } = await system.asAdmin();
    const account = { email: 'mallory@example.com', password: PASSWORD, name: 'See evil.example' };
    const path = '/api/v1/auth/sign-up';
    await system.asAnonymous().post(path, account);
    const [row] = await system.query<{ id: string }>('SELECT id FROM "user" WHERE email = $1', [
      account.email,
    ]);
    const mails = async () => {
      await system.asAnonymous().post(path, account);
      await authServer.post('/api/auth/request-password-reset', { email: account.email });
      const user = `/api/v1/admin/users/${row!.id}`;
      expect((await admin.patch(user, { email: 'other@example.com' })).status).toBe(200);
      expect((await admin.patch(user, { email: account.email })).status).toBe(200);
      const { body } = await authServer.get<{ items: MailboxEntry[] }>('/dev/mailbox');
      return body.items.filter(({ to }) => to === account.email);
    };
    const sent = await mails();
    const causes = ['already_registered', 'email_changed', 'password_reset', 'verification'];
    expect([...new Set(sent.map(({ cause }) => cause))].toSorted()).toEqual(causes);
    expect(JSON.stringify(sent)).not.toContain('evil.example');
    await system.query('UPDATE "user" SET email_verified = true WHERE id = $1', [row!.id]);
    const named = (await mails()).filter(({ text: mail }) => mail.includes('evil.example'));
    expect([...new Set(named.map(({ cause }) => cause))].toSorted()).toEqual(causes.slice(0, 3));
  });

  it("set a new password after an administrator's request, and end sessions", async () => {
    const admin = await system.asAdmin();
    const body = { email: 'grace@example.com', password: PASSWORD, name: 'Grace' };
    const created = await admin.caller.post<{ id: string }>('/api/v1/admin/users', body);
    await admin.caller.patch(`/api/v1/admin/users/${created.body.id}`, { emailVerified: true });
    const grace = await system.signIn({ email: body.email, password: PASSWORD });
    const path = `/api/v1/admin/users/${created.body.id}/password-reset`;
    expect(await admin.caller.post(path)).toMatchObject({ status: 202 });
    const token = /Code: (\S+)/.exec((await newestMailTo(body.email)).text)![1];
    const newPassword = 'a quite different password';
    const reset = await authServer.post(
      '/api/auth/reset-password',
      { token, newPassword },
      {
        origin: system.settings.authUrl,
      },
    );
    expect(reset.status).toBe(200);
    await eventually(async () =>
      expect(await grace.caller.get('/api/v1/users/me')).toMatchObject({ status: 401 }),
    );
    await system.signIn({ email: body.email, password: newPassword });
  });
});

describe('mails over SMTP', () => {
  it('arrive with text and HTML, also after a temporary refusal', async () => {
    let attempts = 0;
    let arrive: (mail: string) => void;
    const arrived = new Promise<string>((resolve) => {
      arrive = resolve;
    });
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onMailFrom: (_address, _session, done) => {
        attempts += 1;
        done(attempts === 1 ? new Error('not now') : null);
      },
      onData: (stream, _session, done) => {
        void text(stream).then((mail) => {
          arrive(mail);
          done();
        });
      },
    });
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const { port } = listening.address() as { port: number };
    const system = await System.start({
      env: { SMTP_URL: `smtp://127.0.0.1:${port}`, REQUIRE_EMAIL_VERIFICATION: 'true' },
    });
    try {
      const body = { email: 'ada@example.com', password: PASSWORD, name: 'Ada' };
      await system.asAnonymous().post('/api/v1/auth/sign-up', body);
      const mail = await arrived;
      expect(attempts).toBe(2);
      expect(mail).toContain('To: ada@example.com');
      expect(mail).toContain('Content-Type: text/plain');
      expect(mail).toContain('Content-Type: text/html');
      const mailbox = await new Caller(system.settings.authUrl).get('/dev/mailbox');
      expect(mailbox.status).toBe(404);
    } finally {
      await system.stop();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  });
});
