import { Pool } from 'pg';
import { describeEvent, type LoggedEvent, type Names } from './ledger';
import { parseKeyCommand, runKeyCommand } from '../../auth-server/signing-keys/key-command';
import { SigningKeys } from '../../auth-server/signing-keys/signing-keys';
import { Browser as PageBrowser } from '../federation/browser';
import { APP, dance } from '../federation/dance';
import { OpenIdProvider } from '../federation/openid-provider';
import { OAuthStage, payloadOf } from '../oauth/stage';
import { type SignedInUser, System } from '../support/system';

let stage: OAuthStage;
let system: System;
let root: SignedInUser;
let provider: OpenIdProvider;

beforeAll(async () => {
  const started = await OpenIdProvider.startForSystem();
  ({ provider } = started);
  stage = await OAuthStage.start({ env: { ...started.env, TRUSTED_ORIGINS: APP } });
  ({ system, admin: root } = stage);
});

afterAll(async () => {
  await system?.stop();
  await provider?.stop();
});

/** The events of `act`, and their values. */
async function eventsOf(act: () => Promise<unknown>, names: Names = {}) {
  const [{ last }] = (await system.query<{ last: string }>(
    'SELECT coalesce(max(id), 0) AS last FROM audit_event',
  )) as [{ last: string }];
  await act();
  const events = await system.query<LoggedEvent>(
    'SELECT * FROM audit_event WHERE id > $1 ORDER BY id',
    [last],
  );
  const all = { [root.id]: 'Root', ...names };
  return { events, texts: events.map((event) => describeEvent(event, all)) };
}

describe('a federation provider', () => {
  const person = { sub: 'ada', email: 'ada@example.com', email_verified: true, name: 'Ada' };
  const signIn = (browser = new PageBrowser(APP), path?: string) =>
    dance(browser, { authUrl: system.settings.authUrl, provider: 'oidc', path });

  it('is recorded at the sign-up and at the next sign-in', async () => {
    provider.person = person;
    const first = await eventsOf(() => signIn());
    const id = first.events[0]!.subject_id!;
    const names = { [id]: 'Ada' };
    expect(first.events.map((event) => describeEvent(event, names))).toEqual([
      'user.signed_up by Ada about Ada',
      'user.signed_in by Ada about Ada',
    ]);
    const second = await eventsOf(() => signIn(), names);
    expect(second.texts).toEqual(['user.signed_in by Ada about Ada']);
    expect(second.events[0]!.detail).toMatchObject({ method: 'oidc' });
  });

  it('is recorded at a failed sign-in', async () => {
    provider.person = null;
    const { events, texts } = await eventsOf(() => signIn());
    expect(texts).toEqual(['failed user.sign_in_failed by anonymous about nobody']);
    expect(events[0]!.detail).toMatchObject({ method: 'oidc', reason: 'access_denied' });
  });

  it('is recorded when it is linked', async () => {
    const ann = await system.asUser();
    await system.query('UPDATE "user" SET email_verified = true WHERE id = $1', [ann.id]);
    provider.person = { sub: 'ann', email: ann.email, email_verified: true, name: 'Ann' };
    const browser = new PageBrowser(APP);
    await browser.post(`${system.settings.authUrl}/api/auth/sign-in/email`, {
      email: ann.email,
      password: 'correct horse battery staple',
    });
    const { events, texts } = await eventsOf(() => signIn(browser, '/link-social'), {
      [ann.id]: 'Ann',
    });
    expect(texts).toEqual(['account.linked by Ann about Ann']);
    expect(events[0]!.detail).toEqual({ provider: 'oidc' });
  });

  it('records a sign-in under its own user, for every previous session of the browser', async () => {
    provider.person = person;
    const browser = new PageBrowser(APP);
    await browser.post(`${system.settings.authUrl}/api/auth/sign-in/email`, {
      email: 'admin@example.com',
      password: 'the first administrator',
    });
    const { events, texts } = await eventsOf(() => signIn(browser));
    const id = events[0]!.subject_id;
    expect(texts).toEqual([`user.signed_in by ${id} about ${id}`]);
    expect(id).not.toBe(root.id);
  });
});

describe('clients', () => {
  it('are recorded from registration to deletion', async () => {
    const register = () => stage.register({ type: 'machine' });
    const path = (id: string) => `/api/v1/admin/clients/${id}`;
    const { events } = await eventsOf(register);
    const id = events[0]!.subject_id!;
    const names = { [id]: 'the client' };
    expect(events.map((event) => describeEvent(event, { ...names, [root.id]: 'Root' }))).toEqual([
      'client.created by Root about the client',
    ]);
    const rest = await eventsOf(async () => {
      await stage.change(id, { name: 'Another name' });
      await stage.change(id, { disabled: true });
      await stage.change(id, { disabled: false });
      await root.caller.post(`${path(id)}/secret`);
      await root.caller.delete(path(id));
    }, names);
    expect(rest.texts).toEqual(
      ['updated', 'disabled', 'enabled', 'secret_rotated', 'deleted'].map(
        (what) => `client.${what} by Root about the client`,
      ),
    );
  });

  it('are recorded when they get tokens for themselves, and when they are refused', async () => {
    const client = await stage.register({ type: 'machine' });
    const names = { [client.clientId]: 'the client' };
    const issued = await eventsOf(() => stage.serviceAccountToken(client), names);
    expect(issued.texts).toEqual(['oauth.token_issued by the client about the client']);
    expect(issued.events[0]!.detail).toEqual({ grant: 'client_credentials', scope: 'users:read' });
    const wrong = { ...client, clientSecret: 'a guess' };
    const refused = await eventsOf(() => stage.serviceAccountToken(wrong), names);
    expect(refused.texts).toEqual(['failed oauth.token_refused by anonymous about the client']);
  });

  it('are recorded as actors of a change', async () => {
    const client = await stage.register({ type: 'machine', scopes: ['users:write'] });
    const { access_token: token } = (await stage.serviceAccountToken(client)).body;
    const ann = await system.asUser();
    const names = { [client.clientId]: 'the client', [ann.id]: 'Ann' };
    const headers = { authorization: `Bearer ${token}` };
    const { texts } = await eventsOf(async () => {
      const path = `/api/v1/admin/users/${ann.id}`;
      await system.asAnonymous().call('PATCH', path, { body: { name: 'Anna' }, headers });
      await system.asAnonymous().call('POST', `${path}/password-reset`, { headers });
    }, names);
    expect(texts).toEqual([
      'user.updated by the client about Ann',
      'user.password_reset_requested by the client about Ann',
    ]);
  });

  it('can only be named as actors by the API', async () => {
    const headers = { 'x-gatehouse-acting-client': 'made up' };
    const body = { email: 'admin@example.com' };
    const url = '/api/auth/request-password-reset';
    const { texts } = await eventsOf(async () => {
      await system.asAnonymous().call('POST', url, { body, headers });
      const { authUrl } = system.settings;
      await fetch(authUrl + url, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { ...headers, origin: authUrl, 'content-type': 'application/json' },
      });
    });
    expect(texts).toEqual([
      'user.password_reset_requested by anonymous about Root',
      'user.password_reset_requested by anonymous about Root',
    ]);
  });

  it('are recorded when a user grants and withdraws consent', async () => {
    const client = await stage.register({ type: 'public' });
    const { user, browser } = await stage.user();
    const names = { [client.clientId]: 'the client', [user.id]: 'Ann' };
    let token = '';
    const granted = await eventsOf(async () => {
      const tokens = await stage.tokens(client, browser);
      token = tokens.refresh_token;
      expect(payloadOf(tokens.access_token).sub).toBe(user.id);
    }, names);
    expect(granted.texts).toEqual([
      'oauth.consent_granted by Ann about the client',
      'oauth.token_issued by the client about the client',
    ]);
    const renewed = await eventsOf(() => stage.refresh(client, token), names);
    expect(renewed.texts).toEqual([]);
    const [consent] = await system.query<{ id: string }>(
      'SELECT id FROM oauth_consent WHERE user_id = $1',
      [user.id],
    );
    const update = { id: consent!.id, update: { scopes: ['openid'] } };
    const updated = await eventsOf(() => browser.post('/oauth2/update-consent', update), names);
    expect(updated.texts).toEqual(['oauth.consent_updated by Ann about Ann']);
    const revoked = await eventsOf(
      () => browser.post('/oauth2/delete-consent', { id: consent!.id }),
      names,
    );
    expect(revoked.texts).toEqual(['oauth.consent_revoked by Ann about Ann']);
  });

  it('are recorded when a user denies consent, and when they revoke tokens', async () => {
    const client = await stage.register({ type: 'public' });
    const { user, browser } = await stage.user();
    const names = { [client.clientId]: 'the client', [user.id]: 'Ann' };
    const page = await browser.follow(
      stage.authorization(client.clientId, { verifier: 'v', challenge: 'c'.repeat(43) }),
    );
    const denied = await eventsOf(() => browser.answerConsent(page, false), names);
    expect(denied.texts).toEqual(['oauth.consent_denied by Ann about the client']);
    const { refresh_token: token } = await stage.tokens(client, browser);
    const given = await eventsOf(
      () => stage.ask({ token, client_id: client.clientId }, { endpoint: 'revoke' }),
      names,
    );
    expect(given.texts).toEqual(['oauth.tokens_revoked by the client about the client']);
  });
});

describe('signing keys', () => {
  const keys = (...words: string[]) =>
    runKeyCommand(parseKeyCommand(words), { config: system.settings, print: () => {} });

  it('are recorded at the first start', async () => {
    const made = await system.query<LoggedEvent>(
      `SELECT * FROM audit_event WHERE action = 'key.rotated' ORDER BY id LIMIT 1`,
    );
    expect(made[0]).toMatchObject({
      actor_type: 'system',
      subject_type: 'key',
      detail: { reason: 'schedule', signsFrom: expect.any(String) },
    });
  });

  it('are recorded when the schedule removes them', async () => {
    const [old] = await system.query<{ id: string }>(
      `INSERT INTO jwks (id, public_key, private_key, alg, created_at, expires_at)
       SELECT 'an old key', public_key, private_key, alg, now() - interval '90 days', now() - interval '60 days'
         FROM jwks LIMIT 1 RETURNING id`,
    );
    const pool = new Pool({ connectionString: system.database.url });
    const { texts } = await eventsOf(() => new SigningKeys(system.settings, pool).maintain());
    await pool.end();
    expect(texts).toEqual([`key.removed by system about ${old!.id}`]);
  });

  it('are recorded when a command rotates or revokes them', async () => {
    const { events, texts } = await eventsOf(() => keys('rotate'));
    const kid = events[0]!.subject_id!;
    expect(texts).toEqual([`key.rotated by system about ${kid}`]);
    expect(events[0]!.detail).toMatchObject({ reason: 'command' });
    const revoked = await eventsOf(() => keys('revoke', kid));
    expect(revoked.texts).toEqual([`key.revoked by system about ${kid}`]);
    const none = await eventsOf(() => keys('revoke', 'none').catch(() => {}));
    expect(none.texts).toEqual([]);
  });
});

it('the first administrator is recorded', async () => {
  const made = await system.query<LoggedEvent>(
    `SELECT * FROM audit_event WHERE action = 'user.created' AND subject_id = $1`,
    [root.id],
  );
  expect(made).toEqual([expect.objectContaining({ actor_type: 'system', actor_id: null })]);
});
