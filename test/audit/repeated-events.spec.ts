import { setTimeout as sleep } from 'node:timers/promises';
import { createEmailVerificationToken } from 'better-auth/api';
import { Pool } from 'pg';
import { REPEATED_EVENTS } from '../../auth-server/audit/repeated-events';
import { deleteBatches, transactionsOf } from '../../runtime/jobs/cleanup';
import { eventually } from '../support/eventually';
import { confirmLink } from '../support/client/mailed-links';
import { send } from '../support/raw-http';
import { System } from '../support/system';
import { resetCodeOf } from '../support/reset-code';
import type { LoggedEvent } from './ledger';

const NEW_PASSWORD = 'another correct horse battery';

let system: System;
let pool: Pool;

beforeAll(async () => {
  system = await System.start({
    env: {
      RATE_LIMITS: 'off',
      GOOGLE_CLIENT_ID: 'a client',
      GOOGLE_CLIENT_SECRET: 'a secret of the client',
    },
  });
  pool = new Pool({ connectionString: system.database.url });
});
afterAll(async () => {
  await pool.end();
  await system.stop();
});

const AUTH = '/api/auth';

function post(path: string, body: object, headers = {}) {
  return send(system.settings.authUrl, {
    method: 'POST',
    path: AUTH + path,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const signIn = (email: string, headers = {}) =>
  post('/sign-in/email', { email, password: 'not the password' }, headers);

/** What is recorded meanwhile. */
async function eventsOf(act: () => Promise<unknown>): Promise<LoggedEvent[]> {
  const [newest] = await system.query<{ id: string | null }>(
    'SELECT max(id) AS id FROM audit_event',
  );
  await act();
  const since = newest!.id ?? 0;
  return system.query('SELECT * FROM audit_event WHERE id > $1 ORDER BY id', [since]);
}

async function times(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await act(index);
}

/** The hour of all counters is over, and the job runs. */
async function endHour(): Promise<LoggedEvent[]> {
  await system.query(`UPDATE audit_repeat SET ends_at = ends_at - interval '1 hour'`);
  return eventsOf(() => deleteBatches(REPEATED_EVENTS, { inTransaction: transactionsOf(pool) }));
}

/** The counters are those of one hour: a test that begins at its end waits for the next one. */
const HOUR_MS = 3_600_000;
const LONGEST_TEST_MS = 30_000;

beforeEach(async () => {
  const left = HOUR_MS - (Date.now() % HOUR_MS);
  if (left < LONGEST_TEST_MS) await sleep(left);
  await system.query('DELETE FROM audit_repeat');
});

describe('what anonymous callers repeat', () => {
  it('is recorded once, and once more with its number when the hour is over', async () => {
    const events = await eventsOf(() => times(40, (n) => signIn(`nobody-${n}@example.com`)));
    expect(events).toEqual([
      expect.objectContaining({ action: 'user.sign_in_failed', subject_id: null }),
    ]);
    expect(await endHour()).toEqual([
      expect.objectContaining({
        action: 'user.sign_in_failed',
        outcome: 'failure',
        actor_type: 'anonymous',
        ip_address: '127.0.0.1',
        detail: {
          method: 'password',
          reason: 'INVALID_EMAIL_OR_PASSWORD',
          repeated: 39,
          from: expect.stringMatching(/:00:00Z$/),
          until: expect.stringMatching(/:00:00Z$/),
        },
      }),
    ]);
    expect(await system.query('SELECT FROM audit_repeat')).toEqual([]);
  });

  it('is counted for each network: an IPv6 address counts as its /64', async () => {
    const from = (address: string) => ({
      'x-gatehouse-internal-key': system.settings.internalSecret,
      'x-gatehouse-client-address': address,
    });
    const events = await eventsOf(async () => {
      await times(5, (n) => signIn('nobody@example.com', from(`2001:db8::${n}`)));
      await times(5, () => signIn('nobody@example.com', from('203.0.113.9')));
    });
    expect(events.map((event) => event.ip_address)).toEqual(['2001:db8::', '203.0.113.9']);
  });

  it('of more networks than there are counters is recorded as one network', async () => {
    await system.query(
      `INSERT INTO audit_repeat (ends_at, action, outcome, network, client_id, detail)
       SELECT date_trunc('hour', now(), 'UTC') + interval '1 hour', 'user.sign_in_failed', 'failure',
              '10.0.0.' || n, '', '{}' FROM generate_series(1, 1000) AS n`,
    );
    const events = await eventsOf(() => times(5, () => signIn('nobody@example.com')));
    expect(events).toHaveLength(1);
    const rows = await system.query<{ count: number }>(
      `SELECT count FROM audit_repeat WHERE network = ''`,
    );
    expect(rows).toEqual([{ count: 5 }]);
  });

  it.each<[string, (random: string) => Promise<unknown>]>([
    [
      'a callback of an unknown provider',
      (random) =>
        send(system.settings.authUrl, { path: `${AUTH}/callback/${random}?error=x&state=y` }),
    ],
    [
      'a callback with a made-up error',
      (random) =>
        send(system.settings.authUrl, { path: `${AUTH}/callback/google?error=${random}&state=y` }),
    ],
    ['a provider', (random) => post('/sign-in/social', { provider: random, callbackURL: '/' })],
    [
      'a link to set a password',
      (random) => post('/reset-password', { token: random, newPassword: NEW_PASSWORD }),
    ],
    [
      'an e-mail address',
      (random) => post('/request-password-reset', { email: `${random}@x.example` }),
    ],
    ['a grant', (random) => post('/oauth2/token', { grant_type: random })],
    [
      'a client',
      (random) =>
        post('/oauth2/token', {
          grant_type: 'client_credentials',
          client_id: random,
          client_secret: 'x',
        }),
    ],
  ])('is recorded at most once with other values: %s', async (_what, act) => {
    const events = await eventsOf(() => times(10, (n) => act(`random-${n}`)));
    expect(events.length).toBeLessThanOrEqual(1);
    expect(JSON.stringify(events.map(({ detail }) => detail))).not.toContain('random');
  });

  it('is written by the job of the next start', async () => {
    await times(3, () => signIn('nobody@example.com'));
    await system.query(`UPDATE audit_repeat SET ends_at = ends_at - interval '1 hour'`);
    await system.stopAuthServer();
    await system.startAuthServer();
    await eventually(async () => {
      expect(await system.query('SELECT FROM audit_repeat')).toEqual([]);
    });
  });
});

it('a failed sign-in of a known account is recorded each time', async () => {
  const { email, id } = await system.asUser();
  const events = await eventsOf(() => times(3, () => signIn(email)));
  expect(events.map(({ subject_id }) => subject_id)).toEqual([id, id, id]);
});

describe('a password reset', () => {
  it('is recorded for the user of the link', async () => {
    const ben = await system.asUser();
    await post('/request-password-reset', { email: ben.email });
    const token = await resetCodeOf(system.settings.authUrl, ben.email);
    const events = await eventsOf(() =>
      post('/reset-password', { token, newPassword: NEW_PASSWORD }),
    );
    const resets = events.filter(({ action }) => action === 'user.password_reset');
    expect(resets.map(({ subject_id }) => subject_id)).toEqual([ben.id]);
  });

  it('is recorded in the same way when the link is sent in the query', async () => {
    const cat = await system.asUser();
    await post('/request-password-reset', { email: cat.email });
    const token = await resetCodeOf(system.settings.authUrl, cat.email);
    const events = await eventsOf(() =>
      post(`/reset-password?token=${token}`, { newPassword: NEW_PASSWORD }),
    );
    expect(events.map(({ action }) => action)).toContain('user.password_reset');
  });
});

it('a verified e-mail address is recorded, also when the link leads to a URL with an error', async () => {
  const { email, id } = await system.asUser();
  const token = await createEmailVerificationToken(system.settings.betterAuthSecret, email);
  const query = new URLSearchParams({ token, callbackURL: '/?error=made_up' });
  const link = `${system.settings.authUrl}/verify-email?${query.toString()}`;
  const events = await eventsOf(() => confirmLink(link));
  const recorded = events.map(({ action, subject_id }) => [action, subject_id]);
  expect(recorded).toContainEqual(['user.email_verified', id]);
});
