import { type LoggedEvent, USER_AGENT } from './ledger';
import { OAuthStage } from '../oauth/stage';
import { exchange, type RawAnswer } from '../support/raw-http';
import type { System } from '../support/system';

let stage: OAuthStage;
let system: System;

beforeAll(async () => {
  stage = await OAuthStage.start({ env: { RATE_LIMITS: 'off' } });
  ({ system } = stage);
});

afterAll(() => system.stop());

async function eventsOf(act: () => Promise<unknown>): Promise<LoggedEvent[]> {
  const [newest] = await system.query<{ id: string }>('SELECT max(id) AS id FROM audit_event');
  await act();
  return system.query('SELECT * FROM audit_event WHERE id > $1 ORDER BY id', [newest!.id]);
}

describe('requests of anonymous callers', () => {
  it('do not enlarge the log: a long grant type, scope or client id', async () => {
    const endless = 'x'.repeat(40_000);
    const events = await eventsOf(async () => {
      await stage.ask({ grant_type: endless });
      await stage.ask({ grant_type: 'client_credentials', scope: endless, client_id: endless });
    });
    expect(events.map(({ action }) => action)).toEqual([
      'oauth.token_refused',
      'oauth.token_refused',
    ]);
    for (const event of events) expect(JSON.stringify(event).length).toBeLessThan(1_000);
  });

  it('record no revocation of an unknown token', async () => {
    const client = await stage.register({ type: 'public' });
    const { browser } = await stage.user();
    const tokens = await stage.tokens(client, browser);
    const revoke = (token: string, client_id = client.clientId) =>
      stage.ask({ token, client_id }, { endpoint: 'revoke' });
    const events = await eventsOf(async () => {
      await revoke('made up');
      await revoke('made up', 'nobody');
    });
    expect(events).toEqual([]);
    const [event, ...more] = await eventsOf(() => revoke(tokens.refresh_token));
    expect(event).toMatchObject({ action: 'oauth.tokens_revoked', subject_id: client.clientId });
    expect(more).toEqual([]);
  });
});

describe.each([
  ['the auth server', () => system.settings.authUrl],
  ['the API', () => system.apiUrl],
])('a sign-in that fails at %s', (_name, baseUrl) => {
  const body = JSON.stringify({ email: 'admin@example.com', password: 'a wrong one' });

  /** Bytes of ISO 8859-1, which no client corrects. */
  async function signIn(
    headers: string[],
  ): Promise<{ answer: RawAnswer; event: LoggedEvent | undefined }> {
    let answer: RawAnswer | undefined;
    const lines = [
      'POST /api/auth/sign-in/email HTTP/1.1',
      'host: localhost',
      'connection: close',
      'content-type: application/json',
      `content-length: ${body.length}`,
      `origin: ${system.settings.authUrl}`,
      ...headers,
    ];
    const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
    const [event] = await eventsOf(async () => {
      answer = await exchange(baseUrl(), bytes);
    });
    return { answer: answer!, event };
  }

  it.each<[string, string[], string | null]>([
    ['of no list', [], null],
    ['is empty', ['user-agent: '], null],
    ['is very long', [`user-agent: ${'a'.repeat(12_000)}`], 'a'.repeat(512)],
    ['is no UTF-8', ['user-agent: caf\xe9 \xff\xc3('], 'caf\xe9 \xff\xc3('],
    ['is named twice', ['user-agent: one', 'user-agent: two'], 'one'],
  ])('is recorded with a user agent that %s', async (_what, headers, expected) => {
    const { answer, event } = await signIn(headers);
    expect(answer.status).toBe(401);
    expect(event).toMatchObject({ action: 'user.sign_in_failed', user_agent: expected });
  });

  it.each(['a b', '../../etc', 'x'.repeat(200), 'caf\xe9', "'; --"])(
    'has a generated request id when the request has an invalid one: %j',
    async (id) => {
      const { answer, event } = await signIn([`x-request-id: ${id}`]);
      expect(event?.request_id).not.toBe(id);
      expect(answer.headers['x-request-id']).toEqual([event?.request_id]);
    },
  );

  it('is recorded with the IP address of the connection, for every header', async () => {
    const names = [
      'x-forwarded-for',
      'x-real-ip',
      'x-gatehouse-client-address',
      'x-gatehouse-resolved-address',
    ];
    const { event } = await signIn([
      `user-agent: ${USER_AGENT}`,
      'forwarded: for=6.6.6.6',
      ...names.map((name) => `${name}: 6.6.6.6`),
    ]);
    expect(event).toMatchObject({ ip_address: '127.0.0.1', user_agent: USER_AGENT });
  });

  it('is refused and not recorded when a header is invalid', async () => {
    const { answer, event } = await signIn(['user-agent: a\0b']);
    expect(answer.status).toBe(400);
    expect(event).toBeUndefined();
  });
});
