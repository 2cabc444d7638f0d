import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import type { INestApplication } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ageEvents } from './ageing';
import { AuditRetention, REMOVE_BATCH } from '../../src/audit/audit-retention';
import { API_SETTINGS, type ApiSettings } from '../../src/config/api-settings';
import { System } from '../support/system';

const REMOVED = /removed (\d+) audit events/;

let system: System;
let pool: Pool;
let log: string[];

beforeAll(async () => {
  log = [];
  system = await System.start({ replicas: 3, log, env: { AUDIT_RETENTION: '30d' } });
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
  for (let tries = 0; turns().length < count && tries < 200; tries += 1) await pause(25);
  // Another replica would have run the job by now.
  await pause(200);
}

/** Several replicas that start at once, from the view of the job. */
async function startAgain(apps: INestApplication[]): Promise<AuditRetention[]> {
  const jobs = apps.map((app) => app.get(AuditRetention, { strict: false }));
  await Promise.all(jobs.map((job) => job.onApplicationShutdown()));
  const fresh = apps.map(
    (app) =>
      new AuditRetention(
        app.get(DataSource, { strict: false }),
        app.get<ApiSettings>(API_SETTINGS, { strict: false }),
      ),
  );
  for (const job of fresh) job.onApplicationBootstrap();
  return fresh;
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
    const jobs = await startAgain(system.replicas.map(({ app }) => app));
    await pause(500);
    expect(turns()).toEqual([0]);
    await expect(countEvents(old)).resolves.toBe(1);
    await Promise.all(jobs.map((job) => job.onApplicationShutdown()));
  });

  it('removes older events, in batches and once, and keeps younger ones', async () => {
    const old = await ageEvents(
      pool,
      Array.from({ length: 2_500 }, () => '31 days'),
    );
    const young = await ageEvents(pool, ['29 days', '719 hours', '0']);
    await pool.query(`UPDATE audit_cleaning SET begun_at = begun_at - interval '6 hours'`);
    const jobs = await startAgain(system.replicas.map(({ app }) => app));
    await untilLogged(2);
    // One more is left over from the previous test.
    expect(turns()).toEqual([0, 2_501]);
    await expect(countEvents(old)).resolves.toBe(0);
    await expect(countEvents(young)).resolves.toBe(3);
    await Promise.all(jobs.map((job) => job.onApplicationShutdown()));
  });

  it('finds old events by the index among many younger ones', async () => {
    await pool.query(
      `INSERT INTO audit_event (action, actor_type)
       SELECT 'user.signed_in', 'user' FROM generate_series(1, 5000)`,
    );
    await pool.query('ANALYZE audit_event');
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${REMOVE_BATCH}`, [1_000]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index Cond: \(occurred_at < /);
    expect(plan).not.toMatch(/Filter: \(occurred_at/);
  });

  it('cannot be shortened while a replica with the configured value ran within a week', async () => {
    const young = await ageEvents(pool, ['29 days']);
    await pool.query(`INSERT INTO audit_retention (retention) VALUES ('1 day')`);
    const attempt = pool.query('DELETE FROM audit_event WHERE id = ANY($1)', [young]);
    await expect(attempt).rejects.toThrow('kept for');
    const jobs = await startAgain([system.replicas[0]!.app]);
    await pause(300);
    const { rows } = await pool.query(
      `SELECT (extract(epoch FROM retention) / 86400)::int AS days FROM audit_retention ORDER BY since`,
    );
    expect(rows).toEqual([{ days: 30 }, { days: 1 }, { days: 30 }]);
    await Promise.all(jobs.map((job) => job.onApplicationShutdown()));
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
