import { System } from '../support/system';
import { ClientApplication } from './client-application';
import { Visitor } from './visitor';

const ADMIN = { email: 'admin@example.com', password: 'the first administrator' };

let system: System;
let application: ClientApplication;
let visitor: Visitor;

beforeAll(async () => {
  system = await System.start();
  application = await ClientApplication.start(system);
});
afterAll(async () => {
  await application.stop();
  await system.stop();
});

beforeEach(() => {
  visitor = new Visitor(system.settings.authUrl);
});

describe('a user whom a client signs out', () => {
  const address = '/api/auth/oauth2/end-session';

  it('sees our own page, which redirects to the client', async () => {
    await visitor.fillIn('/sign-in', ADMIN);
    const back = encodeURIComponent(application.redirectUri);
    const query = `client_id=${application.clientId}&post_logout_redirect_uri=${back}`;
    const question = await visitor.open(`${address}?${query}`);
    expect(question.text).toContain('<html lang="en">');
    expect(question.header('content-security-policy')).toContain("style-src 'self'");
    const done = await visitor.submit(`${address}/confirm`, { action: 'confirm' });
    // The policy of the form's page would stop a redirect.
    expect(done).toMatchObject({ status: 200, location: application.redirectUri });
    expect((await visitor.open('/')).text).not.toContain(ADMIN.email);
  });

  it('sees our own text for an error', async () => {
    const { status, text } = await visitor.open(`${address}?client_id=nobody`);
    expect(status).toBe(400);
    expect(text).toContain('Code: invalid_client');
    expect(text).not.toContain('Logout error');
  });

  it.each([
    ['http of another machine', 'http://app.example.com/signed-out'],
    ['no scheme', '/signed-out'],
    ['no value', ''],
  ])('is signed out also with a URI with %s, and stays here', async (_title, uri) => {
    await visitor.fillIn('/sign-in', ADMIN);
    const query = new URLSearchParams({
      id_token_hint: '',
      client_id: application.clientId,
      post_logout_redirect_uri: uri,
      state: '',
    });
    const question = await visitor.open(`${address}?${query.toString()}`);
    expect(question).toMatchObject({ status: 200, text: expect.stringContaining('<form') });
    const done = await visitor.submit(`${address}/confirm`, { action: 'confirm' });
    expect(done.location).toBe(`${system.settings.authUrl}/signed-out`);
    expect((await visitor.open('/')).text).not.toContain(ADMIN.email);
  });

  it('gets JSON without Accept: text/html', async () => {
    const answer = await visitor.open(address, { accept: 'application/json' });
    expect(answer).toMatchObject({ status: 400, text: expect.stringMatching(/^{"error":/) });
  });
});
