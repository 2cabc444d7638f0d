import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { ageEvents } from './ageing';
import { recordAuditEvent } from '../../src/audit/audit-trail';
import { eventually } from '../support/eventually';
import { InProcessSystem } from '../support/in-process-system';
import { loadNatively } from '../support/native/load';

const { AuditRetention, DELETE_BATCH } = loadNatively(
  'src/audit/audit-retention',
) as typeof import('../../src/audit/audit-retention');

const REMOVED = /deleted (\d+) audit events/;

let system: InProcessSystem;
let pool: Pool;
let log: string[];

beforeAll(async () => {
  log = [];
  system = await InProcessSystem.start({ replicas: 3, log, env: { AUDIT_RETENTION: '30d' } });
  pool = new Pool({ connectionString: system.database.url });
  await untilLogged(1);
});

afterAll(async () => {
  await pool.end();
  await system.stop();
});

/** Number of events that each run removed, from the log. */
function turns(): number[] {
  return log.flatMap((line) => {
    const [, count] = REMOVED.exec(line) ?? [];
    return count === undefined ? [] : [Number(count)];
  });
}

async function untilLogged(count: number): Promise<void> {
  await eventually(() => expect(turns().length).toBeGreaterThanOrEqual(count));
  // Another replica would have run the job by now.
  await pause(200);
}

function sum(counts: (number | null)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}

/** The next run of the job on every replica, all at once. */
function runOnAllReplicas(): Promise<(number | null)[]> {
  return Promise.all(retentions().map((retention) => retention.run()));
}

function retentions() {
  return system.apps.map((app) => app.get(AuditRetention, { strict: false }));
}

async function countEvents(ids: string[]): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM audit_event WHERE id = ANY($1)',
    [ids],
  );
  return rows[0]!.count;
}

describe('the retention of audit events', () => {
  it('runs on one of several replicas that start together', () => {
    expect(turns()).toEqual([0]);
  });

  it('is stored in the table that the database checks', async () => {
    const { rows } = await pool.query(
      `SELECT gatehouse_audit_kept_for() = interval '720 hours' AS "isNoted", count(*)::int FROM audit_retention`,
    );
    expect(rows).toEqual([{ isNoted: true, count: 1 }]);
  });

  it('does not run again on a replica that starts soon after', async () => {
    const old = await ageEvents(pool, ['31 days']);
    await expect(runOnAllReplicas()).resolves.toEqual([null, null, null]);
    await expect(countEvents(old)).resolves.toBe(1);
  });

  it('removes older events, in batches, and keeps younger ones', async () => {
    const old = await ageEvents(
      pool,
      Array.from({ length: 2_500 }, () => '31 days'),
    );
    const young = await ageEvents(pool, ['29 days', '719 hours', '0']);
    await pool.query(`UPDATE audit_cleaning SET begun_at = begun_at - interval '6 hours'`);
    const counts = await runOnAllReplicas();
    // One more is left over from the previous test. Replicas can share the batches.
    expect(sum(counts)).toBe(2_501);
    expect(sum(turns())).toBe(2_501);
    await expect(countEvents(old)).resolves.toBe(0);
    await expect(countEvents(young)).resolves.toBe(3);
  });

  it('goes on after a run that failed, without a wait for the next interval', async () => {
    const old = await ageEvents(pool, ['31 days']);
    await pool.query(`UPDATE audit_cleaning SET begun_at = begun_at - interval '6 hours'`);
    await pool.query('ALTER TABLE audit_event RENAME TO renamed');
    const failed = retentions()[0]!.run();
    await expect(failed).rejects.toThrow('audit_event');
    await pool.query('ALTER TABLE renamed RENAME TO audit_event');
    await expect(countEvents(old)).resolves.toBe(1);
    await runOnAllReplicas();
    await expect(countEvents(old)).resolves.toBe(0);
  });

  it('goes on after a process that ended during a run', async () => {
    const old = await ageEvents(pool, ['31 days']);
    await pool.query(`UPDATE audit_cleaning SET begun_at = begun_at - interval '6 hours'`);
    await retentions()[0]!.run(AbortSignal.abort());
    await expect(countEvents(old)).resolves.toBe(1);
    await runOnAllReplicas();
    await expect(countEvents(old)).resolves.toBe(0);
  });

  it('finds old events by the index among many younger ones', async () => {
    await pool.query(
      `INSERT INTO audit_event (action, actor_type)
       SELECT 'user.signed_in', 'user' FROM generate_series(1, 5000)`,
    );
    await pool.query('ANALYZE audit_event');
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${DELETE_BATCH}`, [1_000]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index Cond: \(occurred_at < /);
    expect(plan).not.toMatch(/Filter: \(occurred_at/);
  });

  it('cannot be shortened while a replica with the configured value ran within a week', async () => {
    const young = await ageEvents(pool, ['29 days']);
    await pool.query(`INSERT INTO audit_retention (retention) VALUES ('1 day')`);
    const attempt = pool.query('DELETE FROM audit_event WHERE id = ANY($1)', [young]);
    await expect(attempt).rejects.toThrow('kept for');
    await runOnAllReplicas();
    const { rows } = await pool.query(
      `SELECT (extract(epoch FROM retention) / 86400)::int AS days FROM audit_retention ORDER BY since`,
    );
    // The job of another replica may run too.
    expect(rows.slice(0, 3)).toEqual([{ days: 30 }, { days: 1 }, { days: 30 }]);
    expect(rows.at(-1)).toEqual({ days: 30 });
  });

  it('applies a shorter value after a week', async () => {
    await pool.query('ALTER TABLE audit_retention DISABLE TRIGGER USER');
    await pool.query(`DELETE FROM audit_retention`);
    const insert = `INSERT INTO audit_retention (retention, since) VALUES ($1, now() - $2::interval)`;
    await pool.query(insert, ['400 days', '500 days']);
    await pool.query(insert, ['30 days', '6 days']);
    const keptFor = async () =>
      (await pool.query('SELECT gatehouse_audit_kept_for()::text AS kept')).rows[0].kept;
    await expect(keptFor()).resolves.toBe('400 days');
    await pool.query(`UPDATE audit_retention SET since = since - interval '2 days'`);
    await expect(keptFor()).resolves.toBe('30 days');
  });
});

it('an event that a job of the API records has the actor `system`, and no origin', async () => {
  const dataSource = new DataSource({ type: 'postgres', url: system.database.url });
  await dataSource.initialize();
  try {
    const subject = { type: 'user', id: 'recorded-by-a-job' } as const;
    await recordAuditEvent(dataSource.manager, {
      actor: 'system',
      action: 'user.updated',
      subject,
    });
  } finally {
    await dataSource.destroy();
  }
  const { rows } = await pool.query(
    `SELECT actor_type, actor_id, ip_address, user_agent, request_id FROM audit_event
     WHERE subject_id = 'recorded-by-a-job'`,
  );
  expect(rows).toEqual([
    { actor_type: 'system', actor_id: null, ip_address: null, user_agent: null, request_id: null },
  ]);
});
