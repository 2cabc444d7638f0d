import { System, type SignedInUser } from '../support/system';

interface Event {
  id: string;
  occurredAt: string;
  action: string;
  actor: { type: string; id: string | null };
  subject: { type: string; id: string } | null;
}

interface Page {
  items: Event[];
  nextCursor: string | null;
}

const PATH = '/api/v1/admin/audit-events';

let system: System;
let admin: SignedInUser;
let user: SignedInUser;

beforeAll(async () => {
  system = await System.start();
  admin = await system.asAdmin();
  user = await system.asUser();
});

afterAll(() => system.stop());

async function list(query: Record<string, string> = {}): Promise<Page> {
  const answer = await admin.caller.get<Page>(`${PATH}?${new URLSearchParams(query).toString()}`);
  expect(answer.status).toBe(200);
  return answer.body;
}

/** The database sets the time of an event, so tests cannot choose it. */
function write(count: number, action = 'user.signed_in'): Promise<object[]> {
  return system.query(
    `INSERT INTO audit_event (action, actor_type, actor_id)
     SELECT $2, 'user', 'somebody' FROM generate_series(1, $1)`,
    [count, action],
  );
}

describe('the list of audit events', () => {
  it('is open to administrators only', async () => {
    expect((await system.asAnonymous().get(PATH)).status).toBe(401);
    expect((await user.caller.get(PATH)).status).toBe(403);
  });

  it('shows events of a feature that was removed', async () => {
    await system.query(
      `INSERT INTO audit_event (action, actor_type, actor_id, subject_type, subject_id)
       VALUES ('keepsake.created', 'user', $1, 'keepsake', 'k1')`,
      [user.id],
    );
    const { items } = await list({ limit: '1' });
    expect(items).toMatchObject([
      { action: 'keepsake.created', subject: { type: 'keepsake', id: 'k1' } },
    ]);
  });

  it('shows the newest event first, with all fields', async () => {
    const requestId = 'shown-whole';
    const body = { name: 'A new name' };
    await user.caller.call('PATCH', '/api/v1/users/me', {
      body,
      headers: { 'x-request-id': requestId, 'user-agent': 'a test' },
    });
    const { items } = await list({ limit: '1' });
    expect(items).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        occurredAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
        action: 'user.updated',
        outcome: 'success',
        actor: { type: 'user', id: user.id },
        impersonatorId: null,
        subject: { type: 'user', id: user.id },
        ipAddress: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
        userAgent: 'a test',
        requestId,
        before: { name: expect.any(String) },
        after: body,
        detail: null,
      },
    ]);
  });

  it('has pages linked by cursor and by Link', async () => {
    await write(5);
    const first = await admin.caller.get<Page>(`${PATH}?limit=2&actor=somebody`);
    const [, next = ''] = /^<(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '') ?? [];
    expect(new URL(next).searchParams.get('cursor')).toBe(first.body.nextCursor);
    const path = next.slice(system.apiUrl.length);
    const second = await admin.caller.get<Page>(path);
    expect(second.body.items).toHaveLength(2);
    const rest = await list({ limit: '2', actor: 'somebody', cursor: second.body.nextCursor! });
    expect(rest.items).toHaveLength(1);
    expect(rest.nextCursor).toBeNull();
  });

  it('shows each event once while others are written', async () => {
    await write(120);
    const there = await system.query<{ id: string }>('SELECT id FROM audit_event ORDER BY id');
    const seen: string[] = [];
    let cursor: string | null = null;
    let writing: Promise<unknown> = Promise.resolve();
    do {
      writing = write(3);
      const page: Page = await list({ limit: '7', ...(cursor !== null && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      ({ nextCursor: cursor } = page);
      await writing;
    } while (cursor !== null && seen.length < 1_000);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(there.map(({ id }) => id)));
    expect(seen.map(Number)).toEqual(seen.map(Number).sort((a, b) => b - a));
  });

  it.each<[string, () => Record<string, string>, (event: Event) => boolean]>([
    ['actor', () => ({ actor: user.id }), ({ actor }) => actor.id === user.id],
    ['subject', () => ({ subject: user.id }), ({ subject }) => subject?.id === user.id],
    ['action', () => ({ action: 'user.updated' }), ({ action }) => action === 'user.updated'],
    [
      'actor and action',
      () => ({ actor: user.id, action: 'user.signed_in' }),
      ({ actor, action }) => actor.id === user.id && action === 'user.signed_in',
    ],
  ])('is filtered by %s', async (_name, query, matches) => {
    const { items: all } = await list({ limit: '200' });
    const { items } = await list({ limit: '200', ...query() });
    expect(items.length).toBeGreaterThan(0);
    expect(items.every(matches)).toBe(true);
    expect(items.length).toBeGreaterThanOrEqual(all.filter(matches).length);
  });

  it('is filtered by time: since is inclusive, until is exclusive', async () => {
    const { items } = await list({ limit: '200' });
    const { occurredAt: since } = items.at(-1)!;
    const { occurredAt: until } = items[0]!;
    const shifted = `${new Date(Date.parse(since) + 3_600_000).toISOString().slice(0, -1)}+01:00`;
    for (const time of [since, shifted]) {
      const found = await list({ limit: '200', since: time, until });
      expect(found.items.length).toBeGreaterThan(0);
      const times = found.items.map(({ occurredAt }) => occurredAt);
      expect(times.every((at) => at >= since && at < until)).toBe(true);
    }
  });

  it.each<[string, Record<string, string>]>([
    ['/action', { action: 'user.unheard_of' }],
    ['/since', { since: 'yesterday' }],
    ['/since', { since: '0000-01-01T00:00:00Z' }],
    ['/until', { until: '9999-12-31T23:59:59-23:00' }],
    ['/until', { until: '2026-02-30T00:00:00Z' }],
    ['/limit', { limit: '201' }],
    ['/actor', { actor: 'a b' }],
    ['/cursor', { cursor: 'made-up' }],
    ['/unknown', { unknown: '1' }],
  ])('refuses an invalid value: %s of %j', async (pointer, query) => {
    const answer = await admin.caller.get(`${PATH}?${new URLSearchParams(query).toString()}`);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  it('refuses a cursor of other filters or of another list', async () => {
    const { nextCursor } = await list({ limit: '1' });
    const users = await admin.caller.get<Page>('/api/v1/admin/users?limit=1');
    const queries: Record<string, string>[] = [
      { limit: '1', actor: user.id, cursor: nextCursor! },
      { limit: '1', cursor: users.body.nextCursor! },
    ];
    for (const query of queries) {
      const answer = await admin.caller.get(`${PATH}?${new URLSearchParams(query).toString()}`);
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/cursor' }] } });
    }
  });

  it('uses an index for every filter', async () => {
    await write(5_000);
    await system.query('ANALYZE audit_event');
    const filters = ['true', `actor_id = 'a'`, `subject_id = 'a'`, `action = 'a'`];
    for (const filter of filters) {
      const plan = await system.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT * FROM audit_event WHERE ${filter} AND (occurred_at, id) < (now(), 1)
          ORDER BY occurred_at DESC, id DESC LIMIT 51`,
      );
      const text = plan.map((row) => row['QUERY PLAN']).join('\n');
      expect(text).toMatch(/Index Scan Backward using audit_event_/);
      expect(text).not.toMatch(/Sort|Seq Scan/);
    }
  });
});
