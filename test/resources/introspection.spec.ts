import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Client } from 'pg';
import type { NewClient } from '../../src/admin/clients/clients.schemas';
import type { Resource } from '../../src/admin/resources/resources.schemas';
import { ResourceFixture } from './resource-fixture';
import { eventually, modeOf } from '../live-access/readiness';
import { asserting, ClientKeyPair } from '../support/client/client-keys';
import { basic, type OAuthStage, payloadOf } from '../oauth/stage';
import { Caller } from '../support/caller';
import { ReplicaProcess } from '../support/processes/replica-process';
import { PostgresWire } from '../support/servers/postgres-wire';
import { TcpProxy } from '../support/servers/tcp-proxy';

let fixture: ResourceFixture;
let stage: OAuthStage;
let orders: Resource;
let client: NewClient;

beforeAll(async () => {
  fixture = await ResourceFixture.start();
  ({ stage } = fixture);
  orders = await fixture.open('orders');
  client = await fixture.client('users:read', 'orders:read', 'orders:write');
});

afterAll(() => stage.system.stop());

/** A connection on which requests follow each other without a wait for the responses. */
class KeptConnection {
  private received = '';
  private readonly socket;

  constructor(url: string) {
    const { port, hostname } = new URL(url);
    this.socket = connect(Number(port), hostname).setEncoding('latin1');
    this.socket.on('data', (text) => (this.received += String(text)));
  }

  get statuses(): number[] {
    return [...this.received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  }

  send(line: string, given: { headers?: Record<string, string>; body?: string } = {}): void {
    const { headers = {}, body = '' } = given;
    const all = { host: 'localhost', 'content-length': String(body.length), ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    this.socket.write(`${[`${line} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${body}`);
  }

  async ask(line: string): Promise<void> {
    const before = this.statuses.length;
    this.send(line);
    await eventually(() => this.statuses.length, before + 1);
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Longer than an announcement takes. */
const PAUSE_MS = 500;

const SCOPE = 'openid orders:read orders:write';

/** A new user, and the token of its grant. */
async function tokenOfSomeone() {
  const { user, browser } = await stage.user();
  const { access_token: token } = await stage.tokens(client, browser, { scope: SCOPE });
  return { user, browser, token };
}

const INACTIVE = { active: false };

describe('a resource server', () => {
  it('is told about a token of a user: what was signed, with the state in force', async () => {
    const { user, token } = await tokenOfSomeone();
    const { iss, sub, aud, sid, iat, exp, jti, auth_time, amr, client_id } = payloadOf(token);
    expect(sub).toBe(user.id);
    expect(amr).toEqual(['pwd']);
    const told = { iss, sub, aud, sid, iat, exp, jti, auth_time, amr, client_id };
    const expected = {
      active: true,
      ...told,
      scope: 'orders:read orders:write',
      token_type: 'Bearer',
      role: 'user',
    };
    for (let time = 0; time < 3; time += 1) {
      const { status, body, headers } = await fixture.introspect(token);
      expect([status, body]).toEqual([200, expected]);
      expect(headers.get('cache-control')).toBe('no-store');
    }
    await stage.clients.put(`/api/v1/admin/users/${user.id}/role`, { role: 'admin' });
    expect((await fixture.introspect(token)).body.role).toBe('admin');
  });

  it('is told about a token of a service account, which has no user', async () => {
    const account = await stage.register({ type: 'machine', scopes: ['orders:read'] });
    const { access_token: token } = (await stage.serviceAccountToken(account)).body;
    const { body } = await fixture.introspect(token);
    expect(body).toMatchObject({ active: true, sub: account.clientId, scope: 'orders:read' });
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['role']));
    await stage.change(account.clientId, { disabled: true });
    expect((await fixture.introspect(token)).body).toEqual(INACTIVE);
  });

  it('is told the scopes that the client still has', async () => {
    const app = await fixture.client('orders:read', 'orders:write');
    const tokens = await stage.tokens(app, fixture.browser, { scope: SCOPE });
    await stage.change(app.clientId, { scopes: ['openid', 'orders:read'] });
    expect((await fixture.introspect(tokens.access_token)).body.scope).toBe('orders:read');
    await stage.change(app.clientId, { scopes: ['openid'] });
    expect((await fixture.introspect(tokens.access_token)).body).toEqual(INACTIVE);
  });

  it('is told nothing of a refresh token that gets no token any more, as its client', async () => {
    const scopes = ['offline_access', 'orders:read'];
    const app = await stage.register({ type: 'confidential', scopes });
    const scope = scopes.join(' ');
    const { refresh_token: token } = await stage.tokens(app, fixture.browser, { scope });
    const ask = async () =>
      (await stage.ask({ token }, { secretOf: app, endpoint: 'introspect' })).body;
    expect(await ask()).toMatchObject({ active: true, scope });
    await stage.change(app.clientId, { scopes: ['offline_access'] });
    expect(await ask()).toEqual(INACTIVE);
    expect((await stage.refresh(app, token)).status).toBe(400);
  });

  const ENDS: [string, (some: { id: string; token: string }) => Promise<unknown>][] = [
    ['its user is banned', ({ id }) => stage.clients.put(`/api/v1/admin/users/${id}/ban`, {})],
    ['its user is deleted', ({ id }) => stage.clients.delete(`/api/v1/admin/users/${id}`)],
    [
      'its sessions are ended',
      ({ id }) => stage.clients.delete(`/api/v1/admin/users/${id}/sessions`),
    ],
    [
      'its user takes back the consent, in the database',
      ({ id }) => stage.system.query('DELETE FROM oauth_consent WHERE user_id = $1', [id]),
    ],
    [
      'its client revokes it',
      ({ token }) => stage.ask({ token, client_id: client.clientId }, { endpoint: 'revoke' }),
    ],
  ];

  it.each(ENDS)('is told at once that a token is not active when %s', async (_title, end) => {
    const { user, token } = await tokenOfSomeone();
    expect(await fixture.isActive(token)).toBe(true);
    await end({ id: user.id, token });
    await eventually(async () => (await fixture.introspect(token)).body.active, false);
  });

  it('gets a signed answer when it asks for one (RFC 9701)', async () => {
    const { token } = await tokenOfSomeone();
    const accept = 'application/token-introspection+jwt';
    for (let time = 0; time < 3; time += 1) {
      const { text, headers } = await fixture.introspect(token, { accept });
      expect(headers.get('content-type')).toBe(accept);
      const keys = createRemoteJWKSet(new URL(`${stage.issuer}/api/auth/jwks`));
      const audience = fixture.server.clientId;
      const expected = { issuer: stage.issuer, audience, typ: 'token-introspection+jwt' };
      const { payload } = await jwtVerify(text, keys, expected);
      const { body } = await fixture.introspect(token);
      expect(payload.token_introspection).toEqual(body);
      const caller = new Caller(stage.system.apiUrl, text);
      expect((await caller.get('/api/v1/users/me')).status).toBe(401);
      expect(await fixture.isActive(text)).toBe(false);
    }
  });

  it('gets JSON when it prefers JSON to a signed answer', async () => {
    const { token } = await tokenOfSomeone();
    const signed = 'application/token-introspection+jwt';
    const typeFor = async (accept: string) =>
      (await fixture.introspect(token, { accept })).headers.get('content-type');
    for (const accept of [`${signed};q=0`, `${signed};q=0.5, application/json`, '*/*']) {
      expect(await typeFor(accept)).toMatch(/^application\/json/);
    }
    expect(await typeFor(`application/json, ${signed}`)).toBe(signed);
  });
});

describe('a resource server is told nothing about', () => {
  it('tokens of other resources, of this API, and of other clients', async () => {
    const stock = await fixture.open('stock', { clients: [] });
    const app = await fixture.client('users:read', 'stock:read', 'orders:read');
    const scope = 'openid offline_access users:read stock:read orders:read';
    const tokens = await stage.tokens(app, fixture.browser, { scope });
    const other = await stage.refresh(app, tokens.refresh_token, { resource: stock.identifier });
    for (const token of [
      other.body.access_token,
      other.body.refresh_token,
      tokens.access_token,
      tokens.id_token,
      stage.admin.accessToken,
    ]) {
      for (let time = 0; time < 2; time += 1) {
        const { status, body } = await fixture.introspect(token);
        expect([status, body]).toEqual([200, INACTIVE]);
      }
    }
  });

  it('texts that are no tokens of ours', async () => {
    const { token } = await tokenOfSomeone();
    const [head, payload, signature] = token.split('.') as [string, string, string];
    const changed = { ...payloadOf(token), scope: 'orders:admin' };
    const forged = Buffer.from(JSON.stringify(changed)).toString('base64url');
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    for (const text of [
      `${head}.${forged}.${signature}`,
      `${none}.${payload}.`,
      `${head}.${payload}.`,
      'a.b.c',
      'x'.repeat(20_000),
      'é',
    ]) {
      expect((await fixture.introspect(text)).body).toEqual(INACTIVE);
    }
  });

  it('its tokens when it is no longer its server', async () => {
    const { token } = await tokenOfSomeone();
    const former = await stage.register({ type: 'machine' });
    const path = `/api/v1/admin/resources/${orders.id}`;
    const clients = [fixture.server.clientId, former.clientId];
    await stage.clients.patch(path, { clients });
    for (let time = 0; time < 3; time += 1) {
      expect(await fixture.isActive(token, { by: former })).toBe(true);
    }
    await stage.clients.patch(path, { clients: [fixture.server.clientId] });
    expect(await fixture.isActive(token, { by: former })).toBe(false);
    expect(await fixture.isActive(token)).toBe(true);
  });
});

describe('the credentials of a resource server', () => {
  it('are needed for each answer, also for a known token', async () => {
    const { token } = await tokenOfSomeone();
    for (let time = 0; time < 3; time += 1) expect(await fixture.isActive(token)).toBe(true);
    for (const by of [
      { ...fixture.server, clientSecret: 'another' },
      { ...fixture.server, clientId: 'unknown' },
      { ...fixture.server, clientSecret: '' },
      client,
    ]) {
      const { status, body, headers } = await fixture.introspect(token, { by });
      expect([status, body.error]).toEqual([401, 'invalid_client']);
      expect(headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    }
  });

  it('can be a signed assertion for the issuer, once', async () => {
    const { token } = await tokenOfSomeone();
    const pair = await ClientKeyPair.make();
    const { clientId } = await stage.register({ type: 'machine', jwks: pair.jwks });
    const clients = [fixture.server.clientId, clientId];
    await stage.clients.patch(`/api/v1/admin/resources/${orders.id}`, { clients });
    const forms: Record<string, string>[] = [{}, { client_id: clientId }];
    for (const named of forms) {
      const proof = { ...asserting(await pair.sign(clientId, stage.issuer)), ...named };
      const report = await fixture.introspect(token, { proof });
      expect(report.body).toEqual((await fixture.introspect(token)).body);
      expect(report.body.active).toBe(true);
      const again = await fixture.introspect(token, { proof });
      expect([again.status, again.body.error]).toEqual([400, 'invalid_client']);
    }
    // What openid-client sent before version 6.
    const both = { aud: [stage.issuer, `${stage.base}/token`] };
    const accepted = asserting(await pair.sign(clientId, stage.issuer, both));
    expect(await fixture.isActive(token, { proof: accepted })).toBe(true);
    for (const audience of [
      `${stage.base}/token`,
      `${stage.system.apiUrl}/api/auth/oauth2/introspect`,
    ]) {
      const proof = asserting(await pair.sign(clientId, audience));
      const { status, body } = await fixture.introspect(token, { proof });
      expect([status, body.error]).toEqual([401, 'invalid_client']);
    }
    const forged = await (await ClientKeyPair.make()).sign(clientId, stage.issuer);
    const refused = await fixture.introspect(token, { proof: asserting(forged) });
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client']);
  });

  it('are refused at once when they were replaced, or the client disabled', async () => {
    const { token } = await tokenOfSomeone();
    const by = await stage.register({ type: 'confidential' });
    const clients = [fixture.server.clientId, by.clientId];
    await stage.clients.patch(`/api/v1/admin/resources/${orders.id}`, { clients });
    for (let time = 0; time < 3; time += 1)
      expect(await fixture.isActive(token, { by })).toBe(true);
    const path = `/api/v1/admin/clients/${by.clientId}/secret`;
    const { clientSecret } = (await stage.clients.post<NewClient>(path)).body;
    expect((await fixture.introspect(token, { by })).status).toBe(401);
    const renewed = { ...by, clientSecret: clientSecret! };
    for (let time = 0; time < 3; time += 1) {
      expect(await fixture.isActive(token, { by: renewed })).toBe(true);
    }
    await stage.change(by.clientId, { disabled: true });
    expect((await fixture.introspect(token, { by: renewed })).status).toBeGreaterThan(399);
  });
});

describe('a process that was paused', () => {
  it('does not accept a client that was disabled meanwhile', async () => {
    const { token } = await tokenOfSomeone();
    const by = await stage.register({ type: 'confidential' });
    const clients = [fixture.server.clientId, by.clientId];
    await stage.clients.patch(`/api/v1/admin/resources/${orders.id}`, { clients });
    const replica = await ReplicaProcess.start({ settings: stage.system.settings });
    const connection = new KeptConnection(replica.url);
    try {
      await eventually(() => modeOf(replica.url), 'live');
      const asking = { by, url: replica.url };
      for (let time = 0; time < 3; time += 1) {
        expect(await fixture.isActive(token, asking)).toBe(true);
      }
      await connection.ask('GET /health/live');
      replica.pause();
      // It is read first, and with it the request that follows on the connection.
      connection.send('GET /health/live');
      await stage.system.query('UPDATE oauth_client SET disabled = true WHERE client_id = $1', [
        by.clientId,
      ]);
      await sleep(PAUSE_MS);
      connection.send('POST /api/auth/oauth2/introspect', {
        headers: { authorization: basic(by), 'content-type': 'application/x-www-form-urlencoded' },
        body: `token=${token}`,
      });
      replica.resume();
      await eventually(() => connection.statuses.length, 3);
      expect(connection.statuses.slice(0, 2)).toEqual([200, 200]);
      expect(connection.statuses[2]).toBeGreaterThan(399);
    } finally {
      connection.close();
      await replica.stop();
    }
  });
});

describe('the queries of an introspection', () => {
  it('are none in live mode, once token and client are known', async () => {
    const wire = await PostgresWire.before(stage.system.settings.databaseUrl);
    const databaseUrl = wire.via(stage.system.settings.databaseUrl);
    const link = await TcpProxy.before(stage.system.settings.authInternalUrl);
    const authInternalUrl = link.via(stage.system.settings.authInternalUrl).replace(/\/$/, '');
    // So that a proof that is late on a busy host does not end the mode.
    const accessLease = 60_000;
    const settings = { ...stage.system.settings, databaseUrl, authInternalUrl, accessLease };
    const replica = await ReplicaProcess.start({ settings });
    const { token } = await tokenOfSomeone();
    /** Periodic statements: proofs, withdrawn keys, clean-up. */
    const byTime =
      /^\s*(?:START TRANSACTION|COMMIT|ROLLBACK|DELETE|SET)\b|advisory|pg_notify|FROM jwks|audit_|idempotency/;
    const { url } = replica;
    const statementsOf = async (times: number) => {
      const from = wire.statements.length;
      for (let time = 0; time < times; time += 1) {
        expect(await fixture.isActive(token, { url })).toBe(true);
      }
      return wire.statements.slice(from).filter((text) => !byTime.test(text));
    };
    try {
      await eventually(() => modeOf(url), 'live');
      expect(await statementsOf(3)).toHaveLength(2);
      // The auth server is not asked, either.
      await link.cut();
      expect(await statementsOf(20)).toEqual([]);
    } finally {
      await replica.stop();
      await wire.close();
    }
  });
});

describe('a signing key that is withdrawn', () => {
  it('is not accepted before the process has read the table of keys', async () => {
    const { token } = await tokenOfSomeone();
    for (let time = 0; time < 2; time += 1) expect(await fixture.isActive(token)).toBe(true);
    const [writer, reader] = [0, 1].map(() => new Client(stage.system.database.url)) as [
      Client,
      Client,
    ];
    try {
      for (const sql of [writer, reader]) {
        await sql.connect();
        await sql.query('BEGIN');
      }
      await writer.query('DELETE FROM jwks');
      // It is granted with the commit, before any read of the table.
      const locked = reader.query('LOCK TABLE jwks IN ACCESS EXCLUSIVE MODE');
      const waiting = `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
         WHERE NOT granted AND relation = 'jwks'::regclass AND datname = current_database()`;
      await eventually(async () => (await writer.query(waiting)).rowCount, 1);
      await writer.query('COMMIT');
      await locked;
      const ofApi = `${waiting} AND pg_has_role(usename, 'gatehouse_api', 'USAGE')`;
      await eventually(async () => (await writer.query(ofApi)).rowCount !== 0, true);
      const asked = fixture.isActive(token);
      await Promise.race([asked, sleep(PAUSE_MS)]);
      await reader.query('COMMIT');
      expect(await asked).toBe(false);
    } finally {
      await writer.end();
      await reader.end();
    }
  });
});
