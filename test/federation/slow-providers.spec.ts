import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { getGlobalDispatcher, request, setGlobalDispatcher } from 'undici';
import { Browser } from './browser';
import { APP, begin, NEW_HERE, TROUBLE } from './dance';
import {
  endSilentCalls,
  limitProvider,
  MOST_CALLS,
  REQUEST_LIMIT_MS,
} from '../../auth-server/federation/provider-limits';
import { EDGE_SETTINGS, FORGER, ProviderEdge } from './provider-edge';
import { eventually } from '../support/eventually';
import { InProcessSystem } from '../support/in-process-system';

const DISCOVERY_URL = `${FORGER}/.well-known/openid-configuration`;
const KEYS_URL = `${FORGER}/jwks`;
const TOKEN_URLS = {
  google: 'https://oauth2.googleapis.com/token',
  github: 'https://github.com/login/oauth/access_token',
  oidc: `${FORGER}/token`,
};

let edge: ProviderEdge;
let system: InProcessSystem;

beforeAll(async () => {
  edge = await ProviderEdge.start();
});

afterAll(() => edge?.stop());

beforeEach(() => {
  edge.silent.clear();
  edge.delays.clear();
});

afterEach(() => system?.stop());

const start = async () => {
  system = await InProcessSystem.start({ env: { TRUSTED_ORIGINS: APP, ...EDGE_SETTINGS } });
};

/** The auth server starts again while the provider does not answer. */
const restartWithoutMetadata = async () => {
  await system.stopAuthServer();
  edge.silent.add(DISCOVERY_URL);
  await system.startAuthServer();
};

/** The host name of the auth server, so that the browser sends its cookies. */
const apiUrl = () => {
  const url = new URL(system.settings.authUrl);
  url.port = new URL(system.apiUrl).port;
  return url.origin;
};

/** @returns the callback to which the provider sends the browser, at the API. */
async function toCallback(browser: Browser, provider: string): Promise<string> {
  const address = await begin(browser, { authUrl: apiUrl(), provider });
  const isCallback = ({ pathname }: URL) => pathname.startsWith('/api/auth/callback/');
  const { url } = await browser.visit(address, isCallback);
  return apiUrl() + url.pathname + url.search;
}

/** @returns the status, unless the browser is sent to the application, and the error. */
async function followCallback(browser: Browser, callback: string) {
  const { url, status } = await browser.visit(callback, ({ origin }) => origin === APP);
  return { status, error: url.searchParams.get('error'), page: url.origin + url.pathname };
}

async function danceThroughApi(provider: string) {
  const browser = new Browser(APP);
  return followCallback(browser, await toCallback(browser, provider));
}

/** The auth server has no metadata of its provider when the browser comes to the callback. */
async function danceWithoutMetadata(prepare: () => void) {
  edge.silent.clear();
  edge.delays.clear();
  const browser = new Browser(APP);
  const callback = await toCallback(browser, 'oidc');
  await restartWithoutMetadata();
  prepare();
  return followCallback(browser, callback);
}

const trouble = (error: string) => ({ status: null, error, page: TROUBLE });

// A busy host can take the half second between both limits: then once more.
describe('through the API, which waits 3.5 s for the auth server', () => {
  it('a step that stays silent leads to the error, also after a slow step', async () => {
    await start();
    edge.silent.add(TOKEN_URLS.google);
    edge.delays.set(TOKEN_URLS.github, 2_000);
    edge.silent.add('https://api.github.com/user');
    edge.delays.set(TOKEN_URLS.oidc, 2_000);
    edge.silent.add(KEYS_URL);
    edge.claims = { sub: 'silent', email: 'silent@example.com', email_verified: true };
    const expected = {
      google: trouble('invalid_code'),
      github: trouble('unable_to_get_user_info'),
      oidc: trouble('unable_to_get_user_info'),
    };
    for (const [provider, outcome] of Object.entries(expected)) {
      await eventually(async () => expect(await danceThroughApi(provider)).toEqual(outcome));
    }
  });

  it('metadata that stays silent leads to the error, at the sign-in and at the callback', async () => {
    await start();
    await eventually(async () => {
      const outcome = await danceWithoutMetadata(() => {});
      expect(outcome).toEqual(trouble('oauth_provider_not_found'));
    });
    await eventually(() =>
      expect(toCallback(new Browser(APP), 'oidc')).rejects.toThrow(/503.*PROVIDER_UNAVAILABLE/),
    );
  });

  it('slow metadata and a silent step lead to the error', async () => {
    await start();
    await eventually(async () => {
      const outcome = await danceWithoutMetadata(() => {
        edge.silent.clear();
        edge.delays.set(DISCOVERY_URL, 2_000);
        edge.silent.add(TOKEN_URLS.oidc);
      });
      expect(outcome).toEqual(trouble('invalid_code'));
    });
  });

  it('a provider that is slow at each step, within the limit, signs its user in', async () => {
    await start();
    edge.claims = { sub: 'slow', email: 'slow@example.com', email_verified: true };
    await eventually(async () => {
      const outcome = await danceWithoutMetadata(() => {
        edge.silent.clear();
        for (const url of [DISCOVERY_URL, TOKEN_URLS.oidc, KEYS_URL]) edge.delays.set(url, 500);
      });
      expect(outcome).toMatchObject({ error: null, page: NEW_HERE });
    });
  });
});

describe('a provider that does not answer', () => {
  it('is asked for its metadata once by all sign-ins of the moment, and later again', async () => {
    await start();
    await restartWithoutMetadata();
    edge.ignored = 0;
    const signIn = () => begin(new Browser(APP), { authUrl: apiUrl(), provider: 'oidc' });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, signIn));
    expect(outcomes.map(({ status }) => status)).toEqual(Array(20).fill('rejected'));
    // A busy host can admit some of them after the first ones have been answered.
    expect(edge.ignored).toBeLessThanOrEqual(3);
    edge.silent.clear();
    await eventually(async () => expect(await signIn()).toContain(FORGER));
  });

  it('gets a bounded number of calls at the same time, and is asked again when these end', async () => {
    let resolve: (value: null) => void = () => {};
    const answer = new Promise<null>((settle) => (resolve = settle));
    let begun = 0;
    const getUserInfo = () => {
      begun += 1;
      return answer;
    };
    const limited = limitProvider({ id: 'silent', getUserInfo } as never);
    const waiting = Array.from({ length: MOST_CALLS }, () => limited.getUserInfo({}));
    expect(await limited.getUserInfo({})).toBeNull();
    expect(begun).toBe(MOST_CALLS);
    resolve(null);
    await Promise.all(waiting);
    await limited.getUserInfo({});
    expect(begun).toBe(MOST_CALLS + 1);
  });

  it('ends a call also in the handshake of its connection, in the time of a request', async () => {
    const before = getGlobalDispatcher();
    const silent = createServer((socket) => socket.on('error', () => {}));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    endSilentCalls();
    try {
      const { port } = silent.address() as AddressInfo;
      await expect(request(`https://127.0.0.1:${port}`)).rejects.toMatchObject({
        code: 'UND_ERR_CONNECT_TIMEOUT',
        message: expect.stringContaining(`timeout: ${REQUEST_LIMIT_MS}ms`) as string,
      });
    } finally {
      setGlobalDispatcher(before);
      silent.close();
    }
  });
});
