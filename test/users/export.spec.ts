import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AuditEvent } from '../../src/audit/audit-event.schemas';
import type { UserExport } from '../../src/users/me/me.schemas';
import { type ExportHead, toExportStream } from '../../src/users/me/user-export';
import { eventually } from '../support/eventually';
import { expectProblem } from '../support/problems';
import { InProcessSystem } from '../support/in-process-system';
import type { SignedInUser } from '../support/system';

const EXPORT = '/api/v1/users/me/export';
const EVENTS = 12_000;

let system: InProcessSystem;
let ada: SignedInUser;

beforeAll(async () => {
  system = await InProcessSystem.start({ env: { RATE_LIMITS: 'on' } });
  ada = await system.asUser();
  await system.query(
    `INSERT INTO audit_event (action, actor_type, actor_id, subject_type, subject_id, detail)
     SELECT 'user.signed_in', 'user', $1, 'user', $1, jsonb_build_object('text', repeat('x', 3000))
       FROM generate_series(1, ${EVENTS})`,
    [ada.id],
  );
});

afterAll(() => system.stop());

describe('the export of a user with many audit events and refresh tokens', () => {
  it('contains each event once, newest first', async () => {
    const { status, headers, body } = await ada.caller.get<UserExport>(EXPORT);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    const ids = body.auditEvents.map(({ id }) => Number(id));
    expect(ids.length).toBeGreaterThan(EVENTS);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(ids.toSorted((one, other) => other - one));
    expect(body.auditEvents[0]!.action).toBe('user.exported');
  });

  it('contains each refresh token of a client once, oldest first, also of more than one page', async () => {
    await system.query(
      `INSERT INTO oauth_client (id, client_id, redirect_uris) VALUES ('c', 'c', '[]')`,
    );
    await system.query(
      `INSERT INTO oauth_refresh_token (id, token, client_id, user_id, expires_at, created_at, scopes)
       SELECT i, i, 'c', $1, now() + interval '1 day', now() + i / 3 * interval '1 second', '[]'
         FROM generate_series(1, 1234) i`,
      [ada.id],
    );
    const { body } = await ada.caller.get<UserExport>(EXPORT);
    const times = body.clientTokens.map(({ createdAt }) => createdAt);
    expect(times).toHaveLength(1234);
    expect(new Set(times).size).toBe(412);
    expect(times).toEqual(times.toSorted());
    expect(body.auditEvents.length).toBeGreaterThan(EVENTS);
  });

  it('contains a session that has expired and is not deleted yet', async () => {
    const client = await system.asUser();
    const before = await client.caller.get<UserExport>(EXPORT);
    const [session] = before.body.sessions;
    await system.query(
      `INSERT INTO session (id, user_id, token, expires_at, ip_address)
       VALUES ('old', $1, 'old', now() - interval '1 hour', '203.0.113.7')`,
      [client.id],
    );
    const { body } = await client.caller.get<UserExport>(EXPORT);
    const old = { id: 'old', current: false, ipAddress: '203.0.113.7' };
    expect(body.sessions).toEqual([expect.objectContaining(old), session]);
  });

  it('is cut off when the client does not read it', async () => {
    const server = system.apps[0]!.getHttpServer();
    expect(server.timeout).toBe(15_000);
    let socket: Socket | undefined;
    server.once('connection', (accepted: Socket) => (socket = accepted));
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(system.apiUrl + EXPORT, { headers, agent: false }, resolve)
        .once('error', reject)
        .end();
    });
    response.pause();
    // Not earlier: on a busy host, the connection is idle for longer before the response begins.
    socket!.setTimeout(500);
    await eventually(() => expect(socket?.destroyed).toBe(true));
    const outcome = text(response).then(
      () => 'complete',
      () => 'cut off',
    );
    await expect(outcome).resolves.toBe('cut off');
  });

  it('has a quota of its own', async () => {
    const other = await system.asUser();
    const policies = new Set<string | null>();
    for (let count = 0; count < 10; count += 1) {
      const { status, headers } = await other.caller.get<UserExport>(EXPORT);
      expect(status).toBe(200);
      policies.add(headers.get('ratelimit-policy'));
    }
    expect([...policies]).toEqual(['"export";q=10;w=3600']);
    const refused = await other.caller.get(EXPORT);
    expectProblem(refused, 'too_many_requests');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await other.caller.get('/api/v1/users/me')).toMatchObject({ status: 200 });
  });
});

describe('the stream of an export', () => {
  /** Pages of one event each; counts those that were read. */
  function countedPages() {
    const read = { pages: 0, ended: false };
    async function* pages(): AsyncGenerator<AuditEvent[]> {
      try {
        while (true) {
          read.pages += 1;
          yield [{ id: String(read.pages), detail: { text: 'x'.repeat(1_000) } } as never];
        }
      } finally {
        read.ended = true;
      }
    }
    return { read, pages: pages() };
  }

  it('reads no further page while the client does not read, and none after it has left', async () => {
    const { read, pages } = countedPages();
    const lists = { clientTokens: noPages(), auditEvents: pages };
    const stream = await toExportStream(await exportHead(), lists);
    const first = await new Promise<Buffer>((resolve) => stream.once('data', resolve));
    stream.pause();
    expect(String(first)).toContain(ada.email);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(read.pages).toBeLessThan(100);
    const soFar = read.pages;
    stream.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(read.ended).toBe(true);
    expect(read.pages - soFar).toBeLessThan(2);
  });

  async function* noPages(): AsyncGenerator<never[]> {}

  async function exportHead(): Promise<ExportHead> {
    const { body } = await ada.caller.get<UserExport>(EXPORT);
    const { clientTokens: _tokens, auditEvents: _events, ...rest } = body;
    return rest;
  }
});
