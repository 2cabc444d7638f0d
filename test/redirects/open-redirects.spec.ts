import { APP, DEVIOUS_ADDRESSES, HARMLESS_ADDRESSES, HOSTILE_ADDRESSES } from './urls';
import { EDGE_SETTINGS, ProviderEdge } from '../federation/provider-edge';
import { send, type RawAnswer } from '../support/raw-http';
import { InProcessSystem } from '../support/in-process-system';
import { PASSWORD } from '../support/system';
import { unescapeHtml } from '../pages/visitor';

let edge: ProviderEdge;
let system: InProcessSystem;
let cookie: string;

const ANN = 'ann@example.com';

/** Endpoints with a URL in their body, and its fields. */
const BODIES: [path: string, fields: string[], body: Record<string, unknown>][] = [
  ['/sign-up/email', ['callbackURL'], { email: 'new@example.com', password: PASSWORD, name: 'N' }],
  ['/sign-in/email', ['callbackURL'], { email: ANN, password: PASSWORD }],
  ...['google', 'github', 'oidc'].map((provider): (typeof BODIES)[number] => [
    '/sign-in/social',
    ['callbackURL', 'errorCallbackURL', 'newUserCallbackURL'],
    { provider },
  ]),
  ['/link-social', ['callbackURL', 'errorCallbackURL'], { provider: 'google' }],
  ['/send-verification-email', ['callbackURL'], { email: ANN }],
  ['/request-password-reset', ['redirectTo'], { email: ANN }],
  ['/change-email', ['callbackURL'], { newEmail: 'other@example.com' }],
  ['/sign-out', ['callbackURL'], {}],
];

/** Endpoints with a URL in the query; their other parameters are invalid, which does not matter. */
const QUERIES = ['/verify-email?token=x&', '/reset-password/x?'];

/** Enough to show that an endpoint uses the rule; other tests cover the rule. */
const SAMPLE = [
  ...DEVIOUS_ADDRESSES.filter((_address, index) => index % 3 === 0),
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  ' //evil.example',
  'https://app.example@evil.example',
  'https://app.example.evil.example',
  'javascript:alert(1)',
];

beforeAll(async () => {
  edge = await ProviderEdge.start();
  system = await InProcessSystem.start({ env: { TRUSTED_ORIGINS: APP, ...EDGE_SETTINGS } });
  await system.asUser({ email: ANN });
  const body = { email: ANN, password: PASSWORD };
  const { headers } = await post(system.settings.authUrl, '/sign-in/email', body);
  cookie = headers['set-cookie']![0]!.split(';')[0]!;
});

afterAll(async () => {
  await system?.stop();
  await edge?.stop();
});

function post(baseUrl: string, path: string, body: object): Promise<RawAnswer> {
  return send(baseUrl, {
    method: 'POST',
    path: `/api/auth${path}`,
    body: JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      origin: system.settings.authUrl,
      ...(cookie && { cookie }),
    },
  });
}

/** Accepted URLs, for the log. */
async function passing(
  addresses: string[],
  ask: (address: string) => Promise<RawAnswer>,
): Promise<string[]> {
  const answers = addresses.map(async (address) => {
    const { status, headers, text } = await ask(address);
    const isRefused = [400, 403].includes(status) && !headers.location;
    return isRefused ? [] : [`${JSON.stringify(address)}: ${status} ${text.slice(0, 100)}`];
  });
  return (await Promise.all(answers)).flat();
}

const WAYS: [string, () => string][] = [
  ['directly', () => system.settings.authUrl],
  ['through the API', () => system.apiUrl],
];

describe('a sign-in with a provider never leads to', () => {
  it.each(['callbackURL', 'errorCallbackURL', 'newUserCallbackURL'])(
    'a hostile %s',
    async (field) => {
      const ask = (address: string) =>
        post(system.settings.authUrl, '/sign-in/social', { provider: 'google', [field]: address });
      expect(await passing(HOSTILE_ADDRESSES, ask)).toEqual([]);
    },
  );
});

describe.each(WAYS)('an endpoint with %s', (_way, baseUrl) => {
  it.each(BODIES)('refuses a hostile URL: %s %j', async (path, fields, body) => {
    for (const field of fields) {
      const ask = (address: string) => post(baseUrl(), path, { ...body, [field]: address });
      expect([field, await passing(SAMPLE, ask)]).toEqual([field, []]);
    }
  });

  it.each(QUERIES)('refuses a hostile link: %s', async (path) => {
    const ask = (address: string) => {
      const query = `callbackURL=${encodeURIComponent(address)}`;
      return send(baseUrl(), { path: `/api/auth${path}${query}`, headers: { cookie } });
    };
    expect(await passing(baseUrl() === system.apiUrl ? SAMPLE : HOSTILE_ADDRESSES, ask)).toEqual(
      [],
    );
  });

  it('refuses a URL that is not a string, or two of them', async () => {
    for (const address of [{}, ['https://evil.example'], 1, true]) {
      const answer = await post(baseUrl(), '/sign-in/social', {
        provider: 'google',
        callbackURL: address,
      });
      expect([400, 403]).toContain(answer.status);
    }
    const twice = `callbackURL=${APP}&callbackURL=https://evil.example`;
    const answer = await send(baseUrl(), { path: `/api/auth/reset-password/x?${twice}` });
    expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
  });

  it('still leads to listed URLs', async () => {
    for (const address of HARMLESS_ADDRESSES) {
      const query = `token=x&callbackURL=${encodeURIComponent(address)}`;
      const { status, headers } = await send(baseUrl(), {
        path: `/api/auth/verify-email?${query}`,
      });
      expect([address, status]).toEqual([address, 302]);
      const page = new URL(headers.location![0]!);
      expect(page.href).toContain(`${system.settings.authUrl}/verify-email?`);
      expect(page.searchParams.get('callbackURL')).toBe(address);
      const answer = await send(system.settings.authUrl, { path: page.pathname + page.search });
      const target = new URL(address, system.settings.authUrl);
      target.searchParams.set('error', 'INVALID_TOKEN');
      expect(unescapeHtml(answer.text)).toContain(`href="${target.href}"`);
    }
  });
});
