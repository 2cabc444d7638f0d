import { Browser } from './browser';
import { whoIs } from './dance';
import { EDGE_SETTINGS, FORGER, ProviderEdge } from './provider-edge';
import { Visitor } from '../pages/visitor';
import { InProcessSystem } from '../support/in-process-system';

let edge: ProviderEdge;
let system: InProcessSystem;

beforeAll(async () => {
  edge = await ProviderEdge.start();
  system = await InProcessSystem.start({ env: EDGE_SETTINGS });
});

afterAll(async () => {
  await system?.stop();
  await edge?.stop();
});

it.each(['google', 'github', 'oidc'])(
  'the page leads to %s and back, signed in',
  async (provider) => {
    const { authUrl } = system.settings;
    const email = `${provider}@example.com`;
    edge.claims = { sub: provider, email, email_verified: true };
    edge.github = {
      user: { id: 1, login: 'ada', email },
      emails: [{ email, primary: true, verified: true }],
    };
    const visitor = new Visitor(authUrl);
    const answer = await visitor.fillIn('/sign-in', { provider });
    expect(answer.location).toMatch(/^https:\/\/(accounts.google.com|github.com|login.forger)/);
    const browser = new Browser(authUrl);
    for (const [name, value] of visitor.cookies) browser.cookiesOf('localhost').set(name, value);
    const arrival = await browser.visit(answer.location!, ({ href }) => href === `${authUrl}/`);
    expect(arrival.status).toBeNull();
    expect(await whoIs(browser, authUrl)).toMatchObject({ email });
  },
);

it('the page does not wait for a silent provider', async () => {
  edge.silent.add(`${FORGER}/.well-known/openid-configuration`);
  const late = await InProcessSystem.start({ env: EDGE_SETTINGS });
  try {
    const answer = await new Visitor(late.settings.authUrl).fillIn('/sign-in', {
      provider: 'oidc',
    });
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.text).toContain('<html');
  } finally {
    await late.stop();
  }
});
