import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Statistics } from './stats.schemas';
import { sharedNextWork } from '../../../runtime/database/shared-next-work';

@Injectable()
export class StatsService {
  /** One statement for any number of requests at once: it reads all users, after they began. */
  readonly getStatistics = sharedNextWork(() => this.readStatistics());

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  private async readStatistics(): Promise<Statistics> {
    const [row] = await this.dataSource.query<Statistics[]>(SELECT_STATISTICS);
    return row!;
  }
}

/**
 * One statement, so all figures belong to one moment. Days are in UTC, independent of the time
 * zone of the database session. Counts are cast, because a `bigint` arrives as text.
 */
const SELECT_STATISTICS = `
  SELECT count(*)::int AS "users",
         (count(*) FILTER (WHERE email_verified))::int AS "verified",
         (count(*) FILTER (WHERE gatehouse_is_banned(banned, ban_expires)))::int AS "banned",
         (count(*) FILTER (WHERE role = 'admin'))::int AS "admins",
         (SELECT count(*)::int FROM session WHERE expires_at > now()) AS "sessions",
         (SELECT json_agg(json_build_object('day', to_char(day, 'YYYY-MM-DD'), 'count', count) ORDER BY day)
            FROM (SELECT day, count(u.id)::int
                    FROM generate_series(date_trunc('day', now() AT TIME ZONE 'UTC') - interval '29 days',
                                         now() AT TIME ZONE 'UTC', interval '1 day') AS day
                    LEFT JOIN "user" u ON u.created_at >= day AT TIME ZONE 'UTC'
                                      AND u.created_at < (day + interval '1 day') AT TIME ZONE 'UTC'
                   GROUP BY day) AS days) AS "signUpsByDay"
    FROM "user"`;
