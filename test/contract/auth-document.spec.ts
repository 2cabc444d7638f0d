import type * as description from '../../auth-server/describe';
import type * as authDocument from '../../tools/auth-document/document';
import { AUTH_BASE_PATH } from '../../contract';
import { Browser } from '../oauth/browser';
import { makePkce, OAuthStage } from '../oauth/stage';
import { AuthenticatorApp } from '../second-factor/authenticator-app';
import { type Answer, Caller } from '../support/caller';
import { AnswerSchemas } from '../support/documents/answer-schemas';
import { type OpenApiDocument, operationsOf } from '../support/documents/openapi';
import { requiredRequest } from '../support/documents/required-request';
import { loadNatively } from '../support/native/load';
import { PASSWORD, type SignedInUser, System } from '../support/system';

const { describeAuthServer } = loadNatively('auth-server/describe') as typeof description;
const { toAuthDocument } = loadNatively('tools/auth-document/document') as typeof authDocument;

type Json = Record<string, unknown>;

/** Of the API only, with the internal secret. */
const INTERNAL = `${AUTH_BASE_PATH}/gatehouse/`;

const SIGN_IN = `${AUTH_BASE_PATH}/sign-in/email`;

const SEND_MAIL = `${AUTH_BASE_PATH}/send-verification-email`;

let system: System;
let document: OpenApiDocument;
let target: SignedInUser;
/** `GET /api/auth/ok`, as the running auth server names them in `Allow`. */
const served: string[] = [];

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
  const described = await describeAuthServer(system.settings);
  document = toAuthDocument(described) as unknown as OpenApiDocument;
  const paths = [...described.endpoints.keys()].map((name) => name.split(' ')[1]!);
  for (const path of new Set(paths)) {
    const { headers } = await anonymous().call('OPTIONS', AUTH_BASE_PATH + path);
    const methods = (headers.get('allow') ?? '').split(', ');
    const own = methods.filter((method) => !['', 'HEAD', 'OPTIONS'].includes(method));
    served.push(...own.map((method) => `${method} ${AUTH_BASE_PATH}${path}`));
  }
});

afterAll(() => system.stop());

function anonymous(): Caller {
  return new Caller(system.settings.authUrl);
}

async function administrator(): Promise<Caller> {
  const { refreshToken } = await system.asNewAdmin();
  return new Caller(system.settings.authUrl, refreshToken);
}

function ask(caller: Caller, name: string, ownMethod?: string): Promise<Answer<unknown>> {
  const known = { userId: target.id, email: target.email, password: PASSWORD, callbackURL: '/' };
  const { path, body, headers, ...request } = requiredRequest(document, name, known);
  const method = ownMethod ?? request.method;
  const origin = system.settings.authUrl;
  return caller.call(method, path, { body, headers: { origin, ...headers } });
}

/** Whether the answer does not depend on what an administrator asks for. */
function isClosed({ status, body }: Answer<unknown>): boolean {
  const { code } = body as Json;
  return status === 403 || status === 405 || code === 'NOT_FOUND' || code === 'BAD_REQUEST';
}

describe("the auth server's document", () => {
  let answers: { name: string; refused: Answer<unknown>; answer: Answer<unknown> }[];

  beforeAll(async () => {
    answers = [];
    for (const name of operationsOf(document).keys()) {
      target = await system.asUser();
      const refused = await ask(anonymous(), name);
      answers.push({ name, refused, answer: await ask(await administrator(), name) });
    }
  });

  it('lists what the running server has, and nothing that it refuses to everyone', () => {
    expect(answers.length).toBeGreaterThan(60);
    expect(answers.filter(({ name }) => !served.includes(name))).toEqual([]);
    const closed = answers.filter(({ answer }) => isClosed(answer)).map(({ name }) => name);
    expect(closed).toEqual([]);
  });

  it('leaves out only what is internal or refuses every request', async () => {
    const unlisted = served.filter(
      (name) => !operationsOf(document).has(name) && !name.includes(INTERNAL),
    );
    expect(unlisted).toContain('POST /api/auth/oauth2/register');
    const open: string[] = [];
    for (const name of unlisted) {
      const { status } = await ask(await administrator(), name);
      if (status < 400) open.push(name);
    }
    expect(open).toEqual([]);
  });

  it.each([
    ['/sign-in/social', { provider: 'google', idToken: { token: 'a.b.c' } }],
    ['/link-social', { provider: 'google', idToken: { token: 'a.b.c' } }],
    ['/two-factor/enable', { password: PASSWORD, method: 'otp' }],
  ])('does not list a field that %s refuses', async (path, body) => {
    const caller = await administrator();
    const { status } = await caller.post(AUTH_BASE_PATH + path, body);
    expect(status).toBe(400);
    const [unused] = Object.keys(body).slice(1);
    expect(fieldsOf(`POST ${AUTH_BASE_PATH}${path}`)).not.toContain(unused);
  });

  it.each([
    ['POST', '/sign-in/social', 'additionalData'],
    ['POST', '/link-social', 'additionalData'],
    ['POST', '/two-factor/verify-backup-code', 'disableSession'],
    ['GET', '/oauth2/authorize', 'request_uri'],
    ['POST', '/oauth2/token', 'DPoP'],
    ['GET', '/oauth2/userinfo', 'DPoP'],
  ])('does not list what %s %s ignores or refuses: %s', (method, path, unused) => {
    const fields = fieldsOf(`${method} ${AUTH_BASE_PATH}${path}`);
    expect(fields).not.toContain(unused);
  });

  it('describes one resource at the token endpoint, which refuses several', () => {
    const { requestBody } = operationsOf(document).get('POST /api/auth/oauth2/token')!;
    const { schema } = requestBody!.content['application/x-www-form-urlencoded']!;
    const { resource } = schema.properties as Json;
    expect(resource).toEqual({ type: 'string', description: expect.any(String) });
  });

  it('requires each parameter and each body without which the server refuses a request', async () => {
    const refused: string[] = [];
    for (const name of operationsOf(document).keys()) {
      const [method, path] = name.split(' ') as [string, string];
      const { body } = await anonymous().call(method, path.replaceAll(/\{\w+\}/g, 'x'));
      if ((body as Json | null)?.code === 'VALIDATION_ERROR') refused.push(name);
    }
    expect(refused.length).toBeGreaterThan(20);
    const optional = refused.filter((name) => {
      const { parameters = [], requestBody } = operationsOf(document).get(name)!;
      return !requestBody?.required && !parameters.some(({ required }) => required);
    });
    expect(optional).toEqual([]);
  });

  it('lists no field of a form, and no null, that the server refuses', async () => {
    const { email } = await system.asUser();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const sent = new URLSearchParams({ email, password: PASSWORD, rememberMe: 'true' }).toString();
    const ofForm = await anonymous().call('POST', SIGN_IN, { body: sent, headers: form });
    expect(ofForm.status).toBe(400);
    const { content } = operationsOf(document).get(`POST ${SIGN_IN}`)!.requestBody!;
    expect(Object.keys(content)).toEqual(['application/json', form['content-type']]);
    expect(content[form['content-type']]!.schema.properties).not.toHaveProperty('rememberMe');
    expect(content['application/json']!.schema.properties).toHaveProperty('rememberMe');
    const withNull = await anonymous().post(SEND_MAIL, { email, callbackURL: null });
    expect(withNull.status).toBe(400);
    const mail = operationsOf(document).get(`POST ${SEND_MAIL}`)!.requestBody!;
    expect(mail.content['application/json']!.schema.properties).toMatchObject({
      callbackURL: { type: 'string' },
    });
  });

  it.each(['token', 'introspect', 'revoke'])('lists authentication by keys at %s', (endpoint) => {
    const fields = fieldsOf(`POST ${AUTH_BASE_PATH}/oauth2/${endpoint}`);
    expect(fields).toEqual(expect.arrayContaining(['client_assertion', 'client_assertion_type']));
  });

  it('lists no column that no answer has', () => {
    const { AuthUser, AuthSession } = document.components.schemas as Record<string, Json>;
    for (const { properties } of [AuthUser!, AuthSession!]) {
      expect(properties).toHaveProperty('createdAt');
      for (const name of ['basis', 'begunIn']) expect(properties).not.toHaveProperty(name);
    }
  });

  it('describes the answer of the API to a request that it does not pass through', async () => {
    const { status, headers } = await system.asAnonymous().get(`${AUTH_BASE_PATH}/..%2fok`);
    const type = headers.get('content-type')!.split(';')[0]!;
    expect([status, type]).toEqual([400, 'application/problem+json']);
    for (const { responses } of operationsOf(document).values()) {
      expect(responses[status]!.content).toHaveProperty([type]);
    }
  });

  it('describes the answer to a revocation as an object', () => {
    const { responses } = operationsOf(document).get('POST /api/auth/oauth2/revoke')!;
    expect(responses['200']).toMatchObject({ description: expect.stringMatching(/empty object/) });
  });

  it('lists the status of each refusal, which has a code', () => {
    const faults: string[] = [];
    for (const { name, refused, answer } of answers) {
      for (const { status, body } of [refused, answer]) {
        if (!operationsOf(document).get(name)!.responses[status]) faults.push(`${name}: ${status}`);
        const { code, error } = (body ?? {}) as Json;
        if (status >= 400 && !(code ?? error)) faults.push(`${name}: ${status} has no code`);
      }
    }
    expect(faults).toEqual([]);
  });

  it('describes each answer of JSON, also with fields that are null', async () => {
    const schemas = new AnswerSchemas(document);
    const given = answers
      .map(({ name, answer: { status, body } }) => ({ name, status, body }))
      .filter(({ status, body }) => status === 200 && typeof body === 'object');
    expect(given.length).toBeGreaterThan(20);
    const faults = given.flatMap(({ name, status, body }) => {
      const [method, path] = name.split(' ') as [string, string];
      const place = ['paths', path, method.toLowerCase(), 'responses', status, 'content'];
      const pointer = [...place, 'application/json', 'schema'];
      return schemas.faultsOf(pointer, body).map((fault) => `${name}: ${fault}`);
    });
    expect(faults).toEqual([]);
  });

  it('lists only reads that answer HEAD as GET, without content', async () => {
    const caller = await administrator();
    const reads = [...operationsOf(document).keys()].filter((name) => name.startsWith('GET '));
    expect(reads.length).toBeGreaterThan(15);
    for (const name of reads) {
      const head = await ask(caller, name, 'HEAD');
      const get = await ask(caller, name);
      expect([name, head.status, typeOf(head), head.body]).toEqual([
        name,
        get.status,
        typeOf(get),
        '',
      ]);
    }
  });
});

describe("the auth server's document describes each field of the answers", () => {
  it('of a sign-in with a second factor', async () => {
    const { email, refreshToken } = await system.asUser();
    const session = new Caller(system.settings.authUrl + AUTH_BASE_PATH, refreshToken);
    const enabled = await session.post('/two-factor/enable', { password: PASSWORD });
    const code = new AuthenticatorApp(String(enabled.body.totpURI)).code();
    const verified = await session.post('/two-factor/verify-totp', { code });
    expect(faultsOf('POST /two-factor/verify-totp', verified.body)).toEqual([]);
    const browser = Browser.open(system);
    const due = await ofBrowser(browser, '/sign-in/email', { email, password: PASSWORD });
    expect(due).toHaveProperty('twoFactorRedirect', true);
    expect(faultsOf('POST /sign-in/email', due)).toEqual([]);
    const [recoveryCode] = enabled.body.backupCodes as string[];
    const done = await ofBrowser(browser, '/two-factor/verify-backup-code', { code: recoveryCode });
    expect(done).toHaveProperty('token');
    expect(faultsOf('POST /two-factor/verify-backup-code', done)).toEqual([]);
    const renamed = await ofBrowser(browser, '/update-user', { name: 'Ada' });
    expect(faultsOf('POST /update-user', renamed)).toEqual([]);
  });

  it('of an authorization', async () => {
    const stage = await OAuthStage.on(system);
    const { browser } = await stage.user();
    const client = await stage.register({ type: 'confidential', scopes: ['openid'] });
    const pkce = makePkce();
    const request = stage.authorization(client.clientId, pkce, { scope: 'openid' });
    const page = await browser.follow(request);
    const consent = { accept: true, oauth_query: page.search.slice(1) };
    const consented = await ofBrowser(browser, '/oauth2/consent', consent);
    expect(faultsOf('POST /oauth2/consent', consented)).toEqual([]);
    const callback = URL.parse(String(consented.url))!;
    const code = callback.searchParams.get('code')!;
    const { verifier } = pkce;
    const { body: tokens } = await stage.exchange(client, { code, verifier, callback });
    expect(faultsOf('POST /oauth2/token', tokens)).toEqual([]);
    const token = tokens.access_token;
    const asked = { secretOf: client, endpoint: 'introspect' };
    const { body: report } = await stage.ask({ token }, asked);
    expect(report).toHaveProperty('aud.length', 2);
    expect(faultsOf('POST /oauth2/introspect', report, ['azp'])).toEqual([]);
    const [{ id }] = JSON.parse(await browser.read(`${stage.base}/get-consents`)) as [
      { id: string },
    ];
    expect(await ofBrowser(browser, '/oauth2/delete-consent', { id })).toEqual({});
  });
});

async function ofBrowser(browser: Browser, path: string, body: object): Promise<Json> {
  const response = await browser.post(path, body);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as Json;
}

/** By the schema of the success, whose top level names all fields except some. */
function faultsOf(name: string, body: unknown, except: string[] = []): string[] {
  const [method, path] = name.split(' ') as [string, string];
  const place = ['paths', AUTH_BASE_PATH + path, method.toLowerCase(), 'responses', '200'];
  const pointer = [...place, 'content', 'application/json', 'schema'];
  const { responses } = operationsOf(document).get(`${method} ${AUTH_BASE_PATH}${path}`)!;
  const { schema } = responses['200']!.content!['application/json']!;
  const choices = (schema.anyOf ?? [schema]) as { properties?: Json }[];
  const named = choices.flatMap(({ properties = {} }) => Object.keys(properties));
  const unnamed = Object.keys(body as Json).filter((key) => ![...named, ...except].includes(key));
  return [...new AnswerSchemas(document).faultsOf(pointer, body), ...unnamed];
}

/** Names of the parameters, and of the fields of the body. */
function fieldsOf(name: string): string[] {
  const { parameters = [], requestBody } = operationsOf(document).get(name)!;
  const [media] = Object.values(requestBody?.content ?? {});
  return [...parameters.map((one) => one.name), ...Object.keys(media?.schema.properties ?? {})];
}

function typeOf({ headers }: Answer<unknown>): string | null {
  return headers.get('content-type');
}
