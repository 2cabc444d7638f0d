import { setTimeout as pause } from 'node:timers/promises';
import { BACKENDS, BackendProcess } from './backend-process';
import { START_LIMIT_MS } from './fleet';
import { ScriptedIssuer, toText } from './scripted-issuer';
import { eventually } from '../support/eventually';

let issuer: ScriptedIssuer;
let backends: BackendProcess[];
let lastNumber = 0;

beforeAll(async () => {
  issuer = await ScriptedIssuer.start();
  backends = await Promise.all(BACKENDS.map((name) => BackendProcess.start(name, issuer.env)));
  await eventually(() => expectCurrent(true), START_LIMIT_MS);
});

afterAll(async () => {
  await Promise.all(backends.map((backend) => backend.stop()));
  await issuer.stop();
});

async function expectCurrent(isCurrent: boolean): Promise<void> {
  const states = await Promise.all(backends.map((backend) => backend.isCurrent()));
  expect(states).toEqual(backends.map(() => isCurrent));
}

async function expectStatus(status: number, claims: object = {}, path = '/orders'): Promise<void> {
  // The time of issue is that of each attempt.
  await eventually(async () => {
    await readStatus(status, await issuer.key.sign(issuer.claims(claims)), path);
  });
}

async function readStatus(status: number, token: string, path = '/orders'): Promise<void> {
  const statuses = await Promise.all(backends.map((backend) => backend.statusOf(path, token)));
  expect(statuses).toEqual(backends.map(() => status));
}

/** Cuts all connections, and waits for the next ones. @returns their positions. */
async function cutAndWait(cut = () => issuer.cut()): Promise<(string | undefined)[]> {
  const before = issuer.positions.length;
  cut();
  await eventually(() =>
    expect(issuer.positions.length).toBeGreaterThanOrEqual(before + backends.length),
  );
  return issuer.positions.slice(before);
}

function event(kind: string, data: object, number = (lastNumber += 1)): string {
  const time = new Date().toISOString();
  return toText(kind, { eventId: String(number), time, ...data });
}

/** Sends events, and waits until each backend has read them. */
async function sendAndWait(text: string): Promise<void> {
  const marker = `marker-${(lastNumber += 1)}`;
  issuer.send(text + event('user-deleted', { userId: marker }));
  await expectStatus(401, { sub: marker });
}

describe('events that come again', () => {
  it('do not bring an earlier state back, when more than 10,000 of them are cut off before their id', async () => {
    const changes = [
      event('role-changed', { userId: 'demoted', role: 'admin' }),
      event('ban-lifted', { userId: 'banned' }),
      ...Array.from({ length: 12_000 }, (_, n) => event('session-ended', { sessionId: n, at: '' })),
      event('role-changed', { userId: 'demoted', role: 'user' }),
      event('user-banned', { userId: 'banned', until: null }),
    ];
    await sendAndWait(changes.join(''));
    // The second time only the first ones arrive before the cut, the third time all.
    issuer.beginning = changes.slice(0, 5).join('');
    await cutAndWait();
    issuer.beginning = '';
    await sendAndWait('');
    await eventually(() => expectCurrent(true));
    await expectStatus(403, { sub: 'demoted', role: 'admin' }, '/reports');
    await expectStatus(401, { sub: 'banned' });
  });

  it('are asked for after the last complete one', async () => {
    issuer.send(toText('credentials-changed', { userId: 'x' }, 'complete'));
    issuer.send('event: ban-lifted\ndata: {"eventId":"1","userId":"x"}\nid: half');
    for (const position of await cutAndWait()) {
      expect(['complete', 'position']).toContain(position);
    }
    await eventually(() => expectCurrent(true));
  });
});

describe('an event', () => {
  it('is read with a line separator of Unicode in an id', async () => {
    await sendAndWait(event('user-deleted', { userId: 'a\u2028b\u0085c' }));
    await expectStatus(401, { sub: 'a\u2028b\u0085c' });
  });

  it('that is longer than a megabyte ends the connection', async () => {
    await cutAndWait(() => issuer.send(`data: ${'x'.repeat(1_100_000)}`));
    await eventually(() => expectCurrent(true));
  });

  it('of a later version puts tokens in doubt that were issued before', async () => {
    issuer.tell({ active: true, sub: 'user', sid: 'session', scope: '', client_id: 'app' });
    const before = Math.floor(Date.now() / 1_000);
    await sendAndWait(event('consent-paused', { userId: 'user' }));
    await expectStatus(403, { iat: before - 60 });
    // For three seconds more: the clocks can differ.
    await expectStatus(403, { iat: before + 2 });
    await expectStatus(200);
  });
});

describe('introspection', () => {
  const asked = { iat: Math.floor(Date.now() / 1_000) - 4_000 };

  it.each([
    ['an error', 500, '{"active":true}'],
    ['no JSON', 200, '<html>'],
    ['another document', 200, '[]'],
    ['no state', 200, '{"sub":"user"}'],
  ])('that answers with %s opens nothing', async (_title, status, text) => {
    issuer.introspection = { status, text };
    await expectStatus(503, asked);
  });

  it('that gives no answer opens nothing', async () => {
    issuer.introspection = null;
    await expectStatus(503, asked);
  });

  it('that calls a token active does not bring back what an event has ended', async () => {
    issuer.tell({ active: true, sub: 'gone', sid: 's', scope: 'orders:read', client_id: 'app' });
    await sendAndWait(event('session-ended', { sessionId: 'gone', at: new Date().toISOString() }));
    await expectStatus(401, { ...asked, sid: 'gone' });
    issuer.clockBehindMs = 120_000;
    await eventually(() => expectCurrent(false));
    await expectStatus(401, { sid: 'gone' });
    await expectStatus(200);
    issuer.clockBehindMs = 0;
    await eventually(() => expectCurrent(true));
    issuer.clockBehindMs = -120_000;
    await eventually(() => expectCurrent(false));
    issuer.clockBehindMs = 0;
    await eventually(() => expectCurrent(true));
  });
});

describe('keys', () => {
  it('of another type are refused like unknown ones', async () => {
    const { kid } = issuer.otherKey;
    const tokens = [
      await issuer.key.sign(issuer.claims(), { kid }),
      await issuer.otherKey.sign(issuer.claims()),
    ];
    for (const token of tokens) await eventually(() => readStatus(401, token));
  });

  it('are not available when the issuer publishes none, no JSON, or an error', async () => {
    const faults = [
      { status: 200, text: '{"keys":[]}' },
      { status: 200, text: '<html>' },
      { status: 500, text: '{}' },
    ];
    for (const keys of [...faults, issuer.published]) {
      issuer.keys = keys;
      issuer.send(toText('reload', { time: new Date().toISOString() }));
      await expectStatus(keys === issuer.published ? 200 : 503);
    }
  });

  it('that are fetched again delay requests, and refuse none', async () => {
    issuer.keysDelayMs = 300;
    const token = await issuer.key.sign(issuer.claims());
    issuer.send(toText('reload', { time: new Date().toISOString() }));
    const requests = Array.from({ length: 20 }, async (_, n) => {
      await pause(n * 25);
      await readStatus(200, token);
    });
    await Promise.all(requests).finally(() => (issuer.keysDelayMs = 0));
  });

  it('open nothing to a token of no session, and accept one of several audiences', async () => {
    await expectStatus(200, { aud: ['https://other.example.com', 'https://orders.example.com'] });
    await expectStatus(401, { sid: undefined });
  });
});
