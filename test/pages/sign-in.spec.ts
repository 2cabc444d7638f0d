import { DATABASE_REFUSALS } from '../../contract';
import { eventually } from '../support/eventually';
import { confirmLink } from '../support/client/mailed-links';
import { PASSWORD, System } from '../support/system';
import { unescapeHtml, Visitor } from './visitor';

const ADMIN = { email: 'admin@example.com', password: 'the first administrator' };

let system: System;
let visitor: Visitor;

beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.stop());

beforeEach(() => {
  visitor = new Visitor(system.settings.authUrl);
});

describe('/sign-in', () => {
  it('starts a session with the right password', async () => {
    const answer = await visitor.fillIn('/sign-in', ADMIN);
    expect(answer).toMatchObject({ status: 303, location: '/' });
    const home = await visitor.open('/');
    expect(home.text).toContain('You are signed in as admin@example.com.');
    expect(await visitor.open('/sign-in')).toMatchObject({ status: 303, location: '/' });
  });

  it('stores the session in a cookie that scripts and other sites cannot read', async () => {
    await visitor.open('/sign-in');
    const answer = await visitor.submit('/sign-in', ADMIN);
    expect(answer.header('set-cookie')).toMatch(/session_token=.*; HttpOnly; SameSite=Lax/);
  });

  it('has the same text for a wrong password and an unknown e-mail address', async () => {
    const wrong = await visitor.fillIn('/sign-in', { ...ADMIN, password: 'a guess' });
    const unknown = await visitor.fillIn('/sign-in', {
      email: 'nobody@example.com',
      password: 'a guess',
    });
    expect(wrong.status).toBe(401);
    expect(unknown.status).toBe(401);
    const page = wrong.text.replace(ADMIN.email, 'nobody@example.com');
    expect(page).toBe(unknown.text);
    expect(wrong.text).toContain('The e-mail address or the password is not right.');
  });

  it('shows the entered e-mail address again, never a password', async () => {
    const answer = await visitor.fillIn('/sign-in', { ...ADMIN, password: 'a guess &lt;' });
    expect(unescapeHtml(answer.text)).toContain(`value="${ADMIN.email}"`);
    expect(answer.text).not.toContain('a guess');
  });

  it.each([
    [{ email: '', password: '' }, ['Enter your e-mail address.', 'Enter your password.']],
    [{ email: 'ada@example.com', password: '' }, ['Enter your password.']],
    [{ email: 'ada', password: 'x' }, ['Enter an e-mail address like name@example.com.']],
  ])('shows missing input beside the field and in the summary: %j', async (fields, problems) => {
    const answer = await visitor.fillIn('/sign-in', fields);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('role="alert"');
    for (const problem of problems) expect(answer.text.split(problem)).toHaveLength(3);
  });

  it('shows that cookies are required when there are none', async () => {
    const answer = await visitor.submit('/sign-in', ADMIN);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('does not keep cookies');
  });

  it('says that the credentials have changed during the sign-in', async () => {
    await system.query(`
      CREATE FUNCTION refuse_session() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '${DATABASE_REFUSALS.credentialsChanged}'; END $$`);
    await system.query(`
      CREATE TRIGGER refusal BEFORE INSERT ON session
        FOR EACH ROW EXECUTE FUNCTION refuse_session()`);
    const answer = await visitor.fillIn('/sign-in', ADMIN);
    await system.query('DROP FUNCTION refuse_session() CASCADE');
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('The way to sign in to this account has just changed.');
  });

  it('shows a ban only after the right password', async () => {
    const { id, email } = await system.asUser();
    await system.query(`UPDATE "user" SET banned = true WHERE id = $1`, [id]);
    const right = await visitor.fillIn('/sign-in', { email, password: PASSWORD });
    expect(right.text).toContain('This account is banned.');
    const wrong = await visitor.fillIn('/sign-in', { email, password: 'a guess' });
    expect(wrong.text).not.toContain('banned');
  });
});

describe('/sign-up', () => {
  const ada = { name: 'Ada <b>', email: 'ada@example.com', password: PASSWORD };

  it('creates an account, and refuses the same e-mail address again with the input kept', async () => {
    expect(await visitor.fillIn('/sign-up', ada)).toMatchObject({ status: 303, location: '/' });
    expect((await visitor.open('/')).text).toContain(ada.email);
    const again = await new Visitor(system.settings.authUrl).fillIn('/sign-up', ada);
    expect(again.status).toBe(422);
    expect(again.text).toContain('value="Ada &#60;b&#62;"');
    expect(again.text).not.toContain(PASSWORD);
  });

  it('shows at the field why a name is refused', async () => {
    const long = { ...ada, email: 'c@example.com', name: 'a'.repeat(201) };
    const answer = await visitor.fillIn('/sign-up', long);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('id="name-problem">Enter a name of at most 200 characters');
  });

  it('shows why a short password is refused', async () => {
    const answer = await visitor.fillIn('/sign-up', {
      ...ada,
      email: 'b@example.com',
      password: 'x',
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('id="password-problem">The password is too short.');
  });
});

describe('/sign-out', () => {
  it('ends the session of the browser', async () => {
    await visitor.fillIn('/sign-in', ADMIN);
    const [name, value] = [...visitor.cookies].find(([key]) => key.includes('session_token'))!;
    expect(await visitor.submit('/sign-out', {})).toMatchObject({
      status: 303,
      location: '/signed-out',
    });
    visitor.cookies.set(name, value);
    expect((await visitor.open('/')).text).not.toContain(ADMIN.email);
  });
});

describe('with required e-mail verification', () => {
  it('responds the same for a taken address, and the link of the mail verifies a new one', async () => {
    const strict = await System.start({ env: { REQUIRE_EMAIL_VERIFICATION: 'true' } });
    try {
      const person = new Visitor(strict.settings.authUrl);
      const account = { name: 'Grace', email: 'grace@example.com', password: PASSWORD };
      const fresh = await person.fillIn('/sign-up', account);
      const taken = await person.fillIn('/sign-up', { ...account, email: ADMIN.email });
      expect(fresh).toMatchObject({ status: 200, text: taken.text });
      const early = await person.fillIn('/sign-in', account);
      expect(early).toMatchObject({ status: 403, location: undefined });
      expect(early.text).toContain('Confirm your address first');
      await eventually(async () => expect(await person.newestLink()).toContain('verify-email'));
      const link = await person.newestLink();
      const proof = await confirmLink(link);
      expect(proof.location).toBe(`${strict.settings.authUrl}/email-verified`);
      expect((await person.open(proof.location!)).text).toContain('address is confirmed');
      expect(await person.fillIn('/sign-in', account)).toMatchObject({ status: 303 });
      const stale = await person.open(link.replace(/token=[^&]+/, 'token=forged'));
      expect(stale.status).toBe(400);
    } finally {
      await strict.stop();
    }
  });
});
