import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import { PUSH } from './push-target';
import { nameOf, Receiver, type SecurityEventToken } from './receiver';
import { OAuthStage, payloadOf } from '../oauth/stage';
import { eventually } from '../support/eventually';

let stage: OAuthStage;
let receiver: Receiver;
let other: Receiver;

beforeAll(async () => {
  stage = await OAuthStage.start();
  receiver = await Receiver.on(stage);
  other = await Receiver.on(stage);
});

afterAll(() => stage.system.stop());

describe('the metadata of the transmitter', () => {
  it('is served by the auth server and by the API', async () => {
    const { authUrl, jwtIssuer } = stage.system.settings;
    for (const base of [authUrl, stage.system.apiUrl]) {
      const response = await fetch(`${base}/.well-known/ssf-configuration`);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await response.json()).toMatchObject({
        spec_version: '1_0',
        issuer: jwtIssuer,
        jwks_uri: `${authUrl}/api/auth/jwks`,
        configuration_endpoint: `${authUrl}/api/auth/ssf/stream`,
        default_subjects: 'ALL',
        authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      });
    }
  });
});

describe('a stream that is polled', () => {
  it('has a change that another writer of the database makes', async () => {
    const streamId = await receiver.createStream();
    const user = await stage.system.asUser();
    await stage.system.query(`UPDATE "user" SET banned = true WHERE id = $1`, [user.id]);
    const tokens = await receiver.take(streamId);
    expect(tokens.map(nameOf).sort()).toEqual(['account-disabled', 'session-revoked']);
    expect(new Set(tokens.map(({ txn }) => txn)).size).toBe(1);
    const iss = stage.issuer;
    const subject = { format: 'iss_sub', iss, sub: user.id };
    expect(tokens.find((token) => nameOf(token) === 'account-disabled')!.sub_id).toEqual(subject);
    expect(tokens.find((token) => nameOf(token) === 'session-revoked')!.sub_id).toEqual({
      format: 'complex',
      user: subject,
      session: { format: 'opaque', id: expect.any(String) },
    });
    expect(await receiver.take(streamId)).toEqual([]);
  });
});

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type';

const POLL = { method: 'urn:ietf:rfc:8936' };

/** The streams of a receiver are deleted, so that tests do not share the places. */
async function removeStreams(): Promise<void> {
  const { body } = await receiver.call('GET', '/stream');
  for (const { stream_id: id } of body as unknown as { stream_id: string }[]) {
    await receiver.call('DELETE', `/stream?stream_id=${id}`);
  }
}

afterEach(removeStreams);

const setRole = (userId: string, role: string) =>
  stage.system.query('UPDATE "user" SET role = $2 WHERE id = $1', [userId, role]);

describe('a security event token', () => {
  it('has the claims of RFC 8417 and no others, and is verified by another library', async () => {
    const streamId = await receiver.createStream();
    const user = await stage.system.asUser();
    await setRole(user.id, 'admin');
    const { sets } = await receiver.poll(streamId);
    const [[jti, set]] = Object.entries(sets) as [[string, string]];
    const { authUrl } = stage.system.settings;
    const { keys } = (await (await fetch(`${authUrl}/api/auth/jwks`)).json()) as {
      keys: (JsonWebKey & { kid: string })[];
    };
    const header = JSON.parse(Buffer.from(set.split('.')[0]!, 'base64url').toString()) as object;
    expect(header).toEqual({ alg: 'RS256', kid: keys[0]!.kid, typ: 'secevent+jwt' });
    const key = createPublicKey({ key: keys[0]!, format: 'jwk' });
    const pem = key.export({ type: 'spki', format: 'pem' }).toString();
    expect(createVerifier({ key: pem })(set)).toEqual({
      iss: stage.issuer,
      aud: receiver.client.clientId,
      iat: expect.any(Number),
      jti,
      toe: expect.any(Number),
      txn: expect.any(String),
      sub_id: { format: 'iss_sub', iss: stage.issuer, sub: user.id },
      events: {
        'https://schemas.openid.net/secevent/caep/event-type/token-claims-change': {
          event_timestamp: expect.any(Number),
          reason_admin: { en: 'The role of the user has changed' },
          claims: { role: 'admin' },
        },
      },
    });
  });

  it('is refused as an access token', async () => {
    const streamId = await receiver.createStream();
    await receiver.call('POST', '/verify', { stream_id: streamId });
    const { sets } = await receiver.poll(streamId);
    const headers = { authorization: `Bearer ${Object.values(sets)[0]}` };
    const response = await fetch(`${stage.system.apiUrl}/api/v1/users/me`, { headers });
    expect(response.status).toBe(401);
  });

  it('names the kind of a changed credential, and not those of a sign-up', async () => {
    const streamId = await receiver.createStream();
    const user = await stage.system.asUser();
    const run = (sql: string) => stage.system.query(sql, [user.id]);
    // The same password under a newer hash, and another password.
    await run(`UPDATE account SET password = 'w', basis = '- - rehash' WHERE user_id = $1`);
    await run(`UPDATE account SET password = 'x' WHERE user_id = $1`);
    await run(`UPDATE "user" SET created_at = now() - interval '1 hour' WHERE id = $1`);
    // In the transaction of another change of the user.
    await run(`WITH named AS (UPDATE "user" SET name = 'Another' WHERE id = $1 RETURNING id)
      INSERT INTO account (id, account_id, provider_id, user_id, created_at, updated_at)
      SELECT gen_random_uuid(), id, 'github', id, now(), now() FROM named`);
    // A user that is imported, also in a savepoint, has its time of creation.
    await stage.system.query(`BEGIN; SAVEPOINT one;
      INSERT INTO "user" (id, name, email, email_verified, created_at, updated_at)
      VALUES ('imported', 'Imported', 'imported@example.com', true, now() - interval '1 year', now());
      RELEASE one;
      INSERT INTO account (id, account_id, provider_id, user_id, password, created_at, updated_at)
      VALUES ('imported', 'imported', 'credential', 'imported', 'x', now(), now());
      COMMIT`);
    await run(
      `INSERT INTO two_factor (id, user_id, secret, backup_codes) VALUES ('f', $1, 's', '')`,
    );
    await run(`UPDATE two_factor SET verified = true WHERE user_id = $1`);
    for (const transports of ['usb,nfc', 'hybrid,internal']) {
      await run(`INSERT INTO passkey (id, public_key, credential_id, user_id, counter, device_type, backed_up, transports)
        VALUES ('${transports}', 'k', '${transports}', $1, 0, 'singleDevice', false, '${transports}')`);
    }
    const tokens = await receiver.take(streamId);
    const changes = tokens
      .filter((token) => nameOf(token) === 'credential-change')
      .flatMap(({ events }) => Object.values(events));
    expect(changes).toMatchObject([
      { credential_type: 'password', change_type: 'update' },
      { credential_type: 'federated', change_type: 'create' },
      { credential_type: 'app', change_type: 'create' },
      { credential_type: 'fido2-roaming', change_type: 'create' },
      { credential_type: 'fido2-platform', change_type: 'create' },
    ]);
  });

  it('tells that a client gave its token back: it acts no longer in the session', async () => {
    const client = await stage.register({ type: 'public' });
    const { user, browser } = await stage.user();
    const tokens = await stage.tokens(client, browser);
    const streamId = await receiver.createStream();
    await stage.ask(
      { token: tokens.refresh_token, client_id: client.clientId },
      { endpoint: 'revoke' },
    );
    const iss = stage.issuer;
    expect(await receiver.take(streamId)).toMatchObject([
      {
        sub_id: {
          format: 'complex',
          user: { format: 'iss_sub', iss, sub: user.id },
          session: { format: 'opaque', id: payloadOf(tokens.access_token).sid },
          application: { format: 'iss_sub', iss, sub: client.clientId },
        },
        events: { [`${CAEP}/session-revoked`]: { event_timestamp: expect.any(Number) as number } },
      },
    ]);
  });

  it('tells that a client is disabled, enabled and deleted', async () => {
    const { clientId } = await stage.register({ type: 'machine', scopes: ['users:read'] });
    const streamId = await receiver.createStream();
    await stage.change(clientId, { disabled: true });
    await stage.change(clientId, { disabled: false });
    await stage.clients.delete(`/api/v1/admin/clients/${clientId}`);
    const tokens = await receiver.take(streamId);
    expect(tokens.map(nameOf)).toEqual(['account-disabled', 'account-enabled', 'account-purged']);
    const subject = { format: 'iss_sub', iss: stage.issuer, sub: clientId };
    expect(tokens.map(({ sub_id: id }) => id)).toEqual([subject, subject, subject]);
  });

  it('about a session with an earlier end waits for that time, unless the session is extended', async () => {
    const [extended, ended] = [await stage.system.asUser(), await stage.system.asUser()];
    const streamId = await receiver.createStream();
    const endIn = (user: { id: string }, time: string) =>
      stage.system.query<{ at: Date }>(
        `UPDATE session SET expires_at = now() + $2::interval WHERE user_id = $1
         RETURNING expires_at AS at`,
        [user.id, time],
      );
    await endIn(extended, '1 hour');
    expect(await receiver.take(streamId)).toEqual([]);
    await endIn(extended, '2 hours');
    await stage.system.query(`UPDATE event_delivery SET next_attempt_at = now()`);
    expect(await receiver.take(streamId)).toEqual([]);
    const [{ at }] = (await endIn(ended, '1 second')) as [{ at: Date }];
    const found: SecurityEventToken[] = [];
    await eventually(async () => {
      found.push(...(await receiver.take(streamId)));
      expect(found).toHaveLength(1);
    });
    const seconds = Math.floor(at.getTime() / 1_000);
    expect(found[0]!.events[`${CAEP}/session-revoked`]).toMatchObject({ event_timestamp: seconds });
    expect(found[0]!.toe).toBe(seconds);
  });
});

describe('the configuration of a stream', () => {
  it('is created, read, updated, replaced and deleted', async () => {
    const made = await receiver.call('POST', '/stream', { description: 'One' });
    expect(made).toMatchObject({
      status: 201,
      body: {
        iss: stage.issuer,
        aud: receiver.client.clientId,
        delivery: POLL,
        description: 'One',
        min_verification_interval: 10,
      },
    });
    const { stream_id: id, events_supported: supported } = made.body;
    expect(made.body.events_delivered).toEqual(supported);
    const { authUrl } = stage.system.settings;
    const endpoint_url = `${authUrl}/api/auth/ssf/poll/${String(id)}`;
    expect(made.body.delivery).toEqual({ ...POLL, endpoint_url });
    const read = await receiver.call('GET', `/stream?stream_id=${String(id)}`);
    expect(read.body).toEqual(made.body);
    expect((await receiver.call('GET', '/stream')).body).toEqual([made.body]);
    const [type] = supported as [string];
    const wanted = { stream_id: id, events_requested: [type, 'https://example.com/unknown'] };
    const updated = await receiver.call('PATCH', '/stream', wanted);
    const events = { events_requested: wanted.events_requested, events_delivered: [type] };
    expect(updated).toMatchObject({ status: 200, body: { description: 'One', ...events } });
    const replaced = await receiver.call('PUT', '/stream', { stream_id: id, delivery: POLL });
    expect(replaced.status).toBe(200);
    expect(replaced.body).not.toHaveProperty('description');
    expect(replaced.body).not.toHaveProperty('events_requested');
    expect((await receiver.call('DELETE', `/stream?stream_id=${String(id)}`)).status).toBe(204);
    expect((await receiver.call('GET', `/stream?stream_id=${String(id)}`)).status).toBe(404);
  });

  it('accepts values of the transmitter only when they are the current ones', async () => {
    const id = await receiver.createStream();
    const change = (more: object) => receiver.call('PATCH', '/stream', { stream_id: id, ...more });
    expect((await change({ iss: stage.issuer })).status).toBe(200);
    expect((await change({ iss: 'https://other.example.com' })).status).toBe(400);
    expect((await change({ aud: 'another' })).status).toBe(400);
    expect((await change({ stream_id: undefined })).status).toBe(400);
    expect((await receiver.call('DELETE', '/stream')).status).toBe(400);
  });

  it.each([
    { unknown: true },
    { description: 1 },
    { delivery: { method: 'mail' } },
    { delivery: { method: PUSH } },
    { delivery: { method: PUSH, endpoint_url: 'https://127.0.0.1/' } },
    { delivery: { method: PUSH, endpoint_url: 'http://events.example.com/' } },
    {
      delivery: {
        method: PUSH,
        endpoint_url: 'https://events.example.com/',
        authorization_header: 'a\nb',
      },
    },
  ])('is refused with 400 when it is not valid: %j', async (body) => {
    expect((await receiver.call('POST', '/stream', body)).status).toBe(400);
  });

  it('does not contain the authorization of the receiver, which is stored encrypted', async () => {
    const delivery = { method: PUSH, endpoint_url: 'https://events.example.com/' };
    const secret = { authorization_header: 'Bearer hidden' };
    const answer = await receiver.call('POST', '/stream', { delivery: { ...delivery, ...secret } });
    expect(answer.body.delivery).toEqual(delivery);
    const rows = await stage.system.query<{ text: string }>(
      'SELECT to_jsonb(s)::text AS text FROM event_stream s WHERE id = $1',
      [answer.body.stream_id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.text).not.toContain('hidden');
  });

  it('keeps the authorization when it is replaced for the same destination, and for no other', async () => {
    const push = (url: string, more = {}) => ({
      delivery: { method: PUSH, endpoint_url: `https://events.example.com/${url}`, ...more },
    });
    const id = await receiver.createStream(push('', { authorization_header: 'Bearer hidden' }));
    const stored = async () => {
      const sql = 'SELECT "authorization" AS value FROM event_stream WHERE id = $1';
      return (await stage.system.query<{ value: string | null }>(sql, [id]))[0]!.value;
    };
    const before = await stored();
    expect(before).not.toBeNull();
    await receiver.call('PUT', '/stream', { stream_id: id, ...push('') });
    expect(await stored()).toBe(before);
    await receiver.call('PUT', '/stream', { stream_id: id, ...push('other') });
    expect(await stored()).toBeNull();
  });

  it('has both of two updates that arrive together', async () => {
    const id = await receiver.createStream();
    const [type] = (await receiver.call('GET', `/stream?stream_id=${id}`)).body
      .events_supported as [string];
    const changes = { description: 'Together', events_requested: [type] };
    await Promise.all(
      Object.entries(changes).map(([name, value]) =>
        receiver.call('PATCH', '/stream', { stream_id: id, [name]: value }),
      ),
    );
    const { body } = await receiver.call('GET', `/stream?stream_id=${id}`);
    expect(body).toMatchObject(changes);
  });

  it('exists at most four times for a client, also with parallel requests', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => receiver.call('POST', '/stream', {})),
    );
    const made = answers.filter(({ status }) => status === 201).length;
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(8 - made);
    for (let count = made; count < 4; count += 1) await receiver.createStream();
    expect((await receiver.call('POST', '/stream', {})).status).toBe(409);
    expect((await receiver.call('GET', '/stream')).body).toHaveLength(4);
  });
});

describe('a caller', () => {
  it('without a token of a service account with the scope is refused', async () => {
    const path = `${stage.system.settings.authUrl}/api/auth/ssf/stream`;
    const client = await stage.register({ type: 'machine', scopes: ['users:read'] });
    const { body } = await stage.serviceAccountToken(client);
    for (const [token, status] of [
      [undefined, 401],
      ['nonsense', 401],
      [stage.admin.accessToken, 401],
      [`${receiver.token.slice(0, -8)}AAAAAAAA`, 401],
      [body.access_token, 403],
    ] as const) {
      const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
      const response = await fetch(path, { headers });
      expect({ token, status: response.status }).toEqual({ token, status });
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  it('by a service account without its grant type is refused', async () => {
    const grants = (list: string[]) =>
      stage.system.query('UPDATE oauth_client SET grant_types = $2 WHERE client_id = $1', [
        other.client.clientId,
        JSON.stringify(list),
      ]);
    await grants([]);
    expect((await other.call('GET', '/stream')).status).toBe(403);
    await grants(['client_credentials']);
    expect((await other.call('GET', '/stream')).status).toBe(200);
  });

  it('finds no stream of another client', async () => {
    const id = await receiver.createStream();
    const subject = { format: 'iss_sub', iss: stage.issuer, sub: stage.admin.id };
    for (const [method, path, body] of [
      ['GET', `/stream?stream_id=${id}`],
      ['PATCH', '/stream', { stream_id: id }],
      ['PUT', '/stream', { stream_id: id }],
      ['DELETE', `/stream?stream_id=${id}`],
      ['GET', `/status?stream_id=${id}`],
      ['POST', '/status', { stream_id: id, status: 'disabled' }],
      ['POST', '/subjects/add', { stream_id: id, subject }],
      ['POST', '/subjects/remove', { stream_id: id, subject }],
      ['POST', '/verify', { stream_id: id }],
      ['POST', `/poll/${id}`, {}],
    ] as const) {
      const { status } = await other.call(method, path, body);
      expect({ method, path, status }).toEqual({ method, path, status: 404 });
    }
    expect((await other.call('GET', '/stream')).body).toEqual([]);
  });
});

describe('a verification', () => {
  it('is an event with the state, and at most one in the interval', async () => {
    const id = await receiver.createStream();
    const verify = () => receiver.call('POST', '/verify', { stream_id: id, state: 'abc' });
    expect((await verify()).status).toBe(204);
    expect(await receiver.take(id)).toMatchObject([
      {
        sub_id: { format: 'opaque', id },
        events: {
          'https://schemas.openid.net/secevent/ssf/event-type/verification': { state: 'abc' },
        },
      },
    ]);
    expect((await verify()).status).toBe(429);
  });

  it('is not kept for a stream that is disabled', async () => {
    const id = await receiver.createStream();
    const set = (status: string) => receiver.call('POST', '/status', { stream_id: id, status });
    await set('disabled');
    expect((await receiver.call('POST', '/verify', { stream_id: id })).status).toBe(204);
    await set('enabled');
    expect(await receiver.take(id)).toEqual([]);
  });
});

describe('the status of a stream', () => {
  it('paused holds events, and disabled drops them', async () => {
    const id = await receiver.createStream();
    const set = (status: string) =>
      receiver.call('POST', '/status', { stream_id: id, status, reason: 'a test' });
    const user = await stage.system.asUser();
    const paused = { stream_id: id, status: 'paused', reason: 'a test' };
    expect((await set('paused')).body).toEqual(paused);
    await setRole(user.id, 'admin');
    expect((await receiver.poll(id)).sets).toEqual({});
    await set('enabled');
    expect((await receiver.take(id)).map(nameOf)).toEqual(['token-claims-change']);
    await set('disabled');
    await setRole(user.id, 'user');
    await set('enabled');
    expect((await receiver.poll(id)).sets).toEqual({});
    expect((await set('off')).status).toBe(400);
  });
});

/** The audit events of its receiver, without the facts of each. */
async function changesOf(id: string): Promise<object[]> {
  const rows = await stage.system.query<{ detail: object }>(
    `SELECT detail - 'clientId' - 'method' - 'endpointUrl' AS detail FROM audit_event
      WHERE action = 'stream.updated' AND subject_id = $1 ORDER BY id`,
    [id],
  );
  return rows.map(({ detail }) => detail);
}

it('a request that changes nothing of a stream is not recorded', async () => {
  const id = await receiver.createStream();
  const ask = async () => {
    await receiver.call('PATCH', '/stream', { stream_id: id, description: 'Orders' });
    await receiver.call('POST', '/status', { stream_id: id, status: 'paused' });
  };
  await ask();
  await ask();
  expect(await changesOf(id)).toEqual([{}, { status: 'paused', reason: null }]);
});

describe('the subjects of a stream', () => {
  it('are all users but those that were removed', async () => {
    const id = await receiver.createStream();
    const user = await stage.system.asUser();
    const subject = { format: 'iss_sub', iss: stage.issuer, sub: user.id };
    const post = (path: string, given: object = subject) =>
      receiver.call('POST', `/subjects/${path}`, { stream_id: id, subject: given });
    expect((await post('remove')).status).toBe(204);
    await setRole(user.id, 'admin');
    expect(await receiver.take(id)).toEqual([]);
    expect((await post('add')).status).toBe(200);
    await setRole(user.id, 'user');
    expect((await receiver.take(id)).map(nameOf)).toEqual(['token-claims-change']);
    expect((await post('remove', { format: 'email', email: user.email })).status).toBe(204);
    await setRole(user.id, 'admin');
    expect(await receiver.take(id)).toEqual([]);
    expect((await post('remove', { format: 'phone_number', phone_number: '+1' })).status).toBe(400);
  });

  it('have no event any more that waits, and each change of them is recorded once', async () => {
    const id = await receiver.createStream();
    const user = await stage.system.asUser();
    await setRole(user.id, 'admin');
    expect((await receiver.poll(id)).sets).not.toEqual({});
    const subject = { format: 'iss_sub', iss: stage.issuer, sub: user.id };
    for (const path of ['remove', 'remove', 'add', 'add']) {
      await receiver.call('POST', `/subjects/${path}`, { stream_id: id, subject });
    }
    expect((await receiver.poll(id, { returnImmediately: true })).sets).toEqual({});
    expect(await changesOf(id)).toEqual([{ removedSubject: user.id }, { addedSubject: user.id }]);
  });

  it('are answered alike when they are unknown', async () => {
    const id = await receiver.createStream();
    const unknown = [
      { format: 'iss_sub', iss: stage.issuer, sub: 'unknown' },
      { format: 'iss_sub', iss: 'https://example.com', sub: stage.admin.id },
      { format: 'email', email: 'unknown@example.com' },
    ];
    for (const subject of unknown) {
      const statuses = ['remove', 'add'].map(async (path) => {
        const answer = await receiver.call('POST', `/subjects/${path}`, { stream_id: id, subject });
        return answer.status;
      });
      expect(await Promise.all(statuses)).toEqual([204, 200]);
    }
    const sql = 'SELECT excluded_subjects AS excluded FROM event_stream WHERE id = $1';
    expect(await stage.system.query(sql, [id])).toEqual([{ excluded: [] }]);
  });
});
