import type { OpenApiDocument } from '../support/documents/openapi';
import { InProcessSystem } from '../support/in-process-system';
import { loadNatively } from '../support/native/load';
import { System } from '../support/system';

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('the documentation', () => {
  let system: System;

  beforeAll(async () => {
    system = await System.start();
  });
  afterAll(() => system.stop());

  const get = <Body = string>(path: string, headers?: Record<string, string>) =>
    system.asAnonymous().get<Body>(path, headers);

  it.each(['/docs', '/docs/'])('is a page without inline scripts or styles: %s', async (path) => {
    const { status, body, headers } = await get(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(body).not.toMatch(/<script(?![^>]*\ssrc=")|<style|\sstyle=|\son\w+=/);
    const policy = headers.get('content-security-policy')!;
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
    expect(policy).toContain("img-src 'self' data:; connect-src 'self'; ");
    expect(policy).not.toContain('unsafe');
  });

  it('makes no request to another site', async () => {
    const { body } = await get('/docs');
    const addresses = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    expect(addresses.length).toBeGreaterThan(4);
    for (const address of addresses) {
      expect(address).toMatch(/^\/(?!\/)/);
      expect(await get(address)).toMatchObject({ status: 200 });
    }
  });

  it.each(['package.json', 'README.md', 'swagger-ui.js', 'swagger-ui-bundle.js.map', '../main.js'])(
    'does not serve %s',
    async (file) => {
      expect(await get(`/docs/${file}`)).toMatchObject({ status: 404 });
    },
  );

  it('redirects from the sign-in page to a URL without a referrer', async () => {
    const { status, headers } = await get('/docs/oauth2-redirect.html?code=secret&state=x');
    expect(status).toBe(200);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it.each(['/problems', '/problems/not_found', '/docs/oauth2-redirect.html'])(
    'has a dark style for a dark color scheme, and an icon: %s',
    async (path) => {
      const { body } = await get(path, BROWSER);
      expect(body).toContain('name="color-scheme" content="light dark"');
      expect(body).toContain('<link rel="icon"');
    },
  );

  it('has a page of a problem with its code as code', async () => {
    const { body } = await get('/problems/missing_token', BROWSER);
    expect(body).toContain('<code>Authorization: Bearer &#60;token&#62;</code>');
    expect(body).not.toContain('`');
  });

  it('describes the sign-in, with existing URLs', async () => {
    const { body } = await get<OpenApiDocument & SecuritySchemes>('/openapi.json');
    const { flows } = body.components.securitySchemes.oauth2;
    const { authorizationUrl, tokenUrl } = flows.authorizationCode;
    const { apiUrl, settings } = system;
    expect(authorizationUrl).toBe(`${settings.authUrl}/api/auth/oauth2/authorize`);
    expect(tokenUrl).toBe(`${apiUrl}/api/auth/oauth2/token`);
    const token = await system.asAnonymous().post('/api/auth/oauth2/token', '', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(token).toMatchObject({ status: 400, body: { error: expect.any(String) } });
  });

  it("is the redirect target of the API's root for browsers; other clients get JSON", async () => {
    const person = await get('/', BROWSER);
    expect([person.status, person.headers.get('location')]).toEqual([303, '/docs']);
    expect(person.headers.get('vary')).toContain('Accept');
    const client = await get<object>('/');
    expect(client).toMatchObject({ status: 200, body: { name: 'Gatehouse API' } });
  });

  it('is reached from the base URL of the REST API, which the start prints', async () => {
    const { apiUrl } = system;
    const { body } = await get<{ api: string }>('/');
    const base = new URL(body.api).pathname;
    const answer = await get(base, BROWSER);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    const followed = await fetch(new URL(base, apiUrl));
    expect(await followed.json()).toMatchObject({ name: 'Gatehouse API' });
    const head = await fetch(new URL(base, apiUrl), { method: 'HEAD', redirect: 'manual' });
    expect(head.status).toBe(303);
  });
});

interface SecuritySchemes {
  components: {
    securitySchemes: {
      oauth2: { flows: { authorizationCode: { authorizationUrl: string; tokenUrl: string } } };
    };
  };
}

describe('the documents', () => {
  const { workerGlobal } = loadNatively('test/support/native/worker-global') as WorkerGlobal;
  let system: InProcessSystem;

  beforeAll(async () => {
    system = await InProcessSystem.start();
  });
  afterAll(() => system.stop());

  it.each([
    ['/openapi.json', () => jest.spyOn(workerGlobal.JSON, 'stringify')],
    ['/openapi-auth.json', () => jest.spyOn(workerGlobal.JSON, 'stringify')],
    ['/openapi-all.json', () => jest.spyOn(workerGlobal.JSON, 'stringify')],
    ['/openapi.yaml', () => jest.spyOn(loadNatively('node_modules/js-yaml') as Yaml, 'dump')],
  ])('are serialized once and have an ETag: %s', async (path, observe) => {
    const get = (headers?: Record<string, string>) => system.asAnonymous().get(path, headers);
    const serialize = observe();
    const first = await get();
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    expect(await get({ 'if-none-match': etag })).toMatchObject({ status: 304 });
    const again = await get();
    expect([again.body, again.headers.get('etag')]).toEqual([first.body, etag]);
    const documents = serialize.mock.calls.filter(([value]) => Object(value).openapi);
    serialize.mockRestore();
    expect(documents).toHaveLength(1);
  });
});

type WorkerGlobal = typeof import('../support/native/worker-global');
type Yaml = typeof import('js-yaml');

const OFF = [
  '/docs',
  '/docs/',
  '/docs/docs.mjs',
  '/docs/config.json',
  '/docs/oauth2-redirect.html',
  '/openapi.json',
  '/openapi.yaml',
  '/openapi-auth.json',
  '/openapi-all.json',
];

it('does not exist with API_DOCS=off', async () => {
  const system = await System.start({ env: { API_DOCS: 'off' } });
  try {
    for (const path of OFF) {
      expect(await system.asAnonymous().get(path)).toMatchObject({ status: 404 });
    }
    expect(await system.asAnonymous().get('/', BROWSER)).toMatchObject({ status: 200 });
    expect(await system.asAnonymous().get('/api/v1', BROWSER)).toMatchObject({ status: 303 });
    for (const path of ['/', '/.well-known/openid-configuration']) {
      const authServer = await fetch(system.settings.authUrl + path);
      expect(await authServer.text()).not.toContain('/docs');
    }
    const resource = await system.asAnonymous().get('/.well-known/oauth-protected-resource');
    expect(resource).toMatchObject({ status: 200, body: { resource: system.apiUrl } });
    expect(resource.body).not.toHaveProperty('resource_documentation');
  } finally {
    await system.stop();
  }
});
