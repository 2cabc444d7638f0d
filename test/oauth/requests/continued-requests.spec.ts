import { enrolUser } from '../../second-factor/enrolment';
import { AuthenticatorApp } from '../../second-factor/authenticator-app';
import { readMails } from '../../support/client/mailbox';
import { PASSWORD, type SignedInUser } from '../../support/system';
import { Browser } from '../browser';
import { makePkce, OAuthStage } from '../stage';

/**
 * The request of a sign-in, or of a change that replaces the session, can name an authorization
 * request. The answer is then where that one continues. It must not hide what has happened.
 */
let stage: OAuthStage;
let clientId: string;

beforeAll(async () => {
  stage = await OAuthStage.start();
  ({ clientId } = await stage.register({ type: 'public' }));
});

afterAll(() => stage.system.stop());

/** A signed authorization request of the browser; `error` is a parameter that nothing knows. */
async function signedRequest(browser: Browser): Promise<{ oauth_query: string }> {
  const changes = { prompt: 'consent', error: 'x' };
  const page = await browser.follow(stage.authorization(clientId, makePkce(), changes));
  return { oauth_query: page.search.slice(1) };
}

/** The actions that the audit log has of the user since the last call. */
function auditOf({ id }: SignedInUser): () => Promise<string[]> {
  let seen = 0;
  return async () => {
    const rows = await stage.system.query<{ action: string }>(
      `SELECT action FROM audit_event WHERE subject_id = $1 AND action !~ '^oauth' ORDER BY id`,
      [id],
    );
    const actions = rows.map(({ action }) => action);
    const added = actions.slice(seen);
    seen = actions.length;
    return added;
  };
}

async function subjectsTo({ email }: SignedInUser): Promise<string[]> {
  return (await readMails(stage.system, email)).map(({ subject }) => subject);
}

const ACCEPTED = ['application/json', 'text/html'];

describe.each(ACCEPTED)('an authorization that continues, for %s', (accept) => {
  it('leaves the audit event of a sign-in', async () => {
    const user = await stage.system.asUser();
    const audit = auditOf(user);
    await audit();
    const browser = Browser.open(stage.system);
    const request = await signedRequest(browser);
    await browser.post(
      '/sign-in/email',
      { email: user.email, password: PASSWORD, ...request },
      { accept },
    );
    expect(await audit()).toEqual(['user.signed_in']);
  });

  it('leaves the audit events of both steps of a sign-in', async () => {
    const user = await stage.system.asUser();
    const { app } = await enrolUser(stage.system, user);
    const audit = auditOf(user);
    await audit();
    const browser = Browser.open(stage.system);
    const request = await signedRequest(browser);
    await browser.post('/sign-in/email', { email: user.email, password: PASSWORD, ...request });
    await browser.post('/two-factor/verify-totp', { code: app.code(1), ...request }, { accept });
    const steps = ['two_factor.challenged', 'two_factor.verified', 'user.signed_in'];
    expect(await audit()).toEqual(steps);
  });

  it('leaves events and mails of a new password and of changes of the second factor', async () => {
    const user = await stage.system.asUser();
    const audit = auditOf(user);
    const browser = await Browser.signedIn(stage.system, user.email);
    const request = await signedRequest(browser);
    await audit();

    const newPassword = 'another long password';
    await browser.post(
      '/change-password',
      { currentPassword: PASSWORD, newPassword, revokeOtherSessions: true, ...request },
      { accept },
    );
    const password = { password: newPassword };
    const enabled = await browser.post('/two-factor/enable', password);
    const app = new AuthenticatorApp(((await enabled.json()) as { totpURI: string }).totpURI);
    await browser.post('/two-factor/verify-totp', { code: app.code(), ...request }, { accept });
    await browser.post('/two-factor/disable', { ...password, ...request }, { accept });

    const actions = await audit();
    expect(actions).toContain('user.password_changed');
    expect(actions).toContain('two_factor.enabled');
    expect(actions).toContain('two_factor.disabled');
    const subjects = (await subjectsTo(user)).join('\n');
    expect(subjects).toMatch(/password/i);
    expect(subjects).toMatch(/switched on/);
    expect(subjects).toMatch(/switched off/);
  });
});
