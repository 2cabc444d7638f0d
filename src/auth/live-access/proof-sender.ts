import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { DatabasePool } from '../../../runtime/database/database-pool';
import { runOutsideScope } from '../../../runtime/database/database-scope';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';
import { poolOf } from '../../database/prepared-statements';

/**
 * Changes no row, but a read-only server refuses it: the former primary of a failover does not
 * receive the changes of the new one.
 */
const NOTIFY = `
  WITH writes AS (UPDATE readiness_probe SET written_at = written_at WHERE false)
  SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`;

/**
 * Sends the proofs of live access on a connection of its own. It leads where the connections of
 * requests lead, and what it notices about the server holds for them too. In their queue, a proof
 * would wait for the work of all requests: a replica with more work than connections would query the
 * database for each request in addition.
 */
@Injectable()
export class ProofSender implements OnApplicationShutdown {
  /** Connects with the first proof. */
  private readonly pool: Pool;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    @Inject(API_SETTINGS) { databaseUrl, databaseDirectUrl }: ApiSettings,
  ) {
    this.pool = new DatabasePool({
      connectionString: databaseUrl,
      isDirect: databaseUrl === databaseDirectUrl,
      max: 1,
      sibling: poolOf(dataSource),
    });
    // An idle connection that breaks is replaced; the next proof fails or succeeds.
    this.pool.on('error', () => {});
  }

  onApplicationShutdown(): Promise<void> {
    return this.pool.end();
  }

  /**
   * Sends a notification in a transaction of its own, on a server that accepts writes. It need not
   * survive a crash, so its commit does not wait for the disk. @param onSend is called when there is
   * a connection, right before the statement is sent: the wait for a connection is not part of the
   * delay of notifications. Other requests wait for the same notification, so that an earlier failure
   * of this one does not stop it.
   */
  notify(channel: string, payload: string, onSend: () => void): Promise<void> {
    return runOutsideScope(() => this.send([channel, payload], onSend));
  }

  private async send(notification: [string, string], onSend: () => void): Promise<void> {
    const client = await this.pool.connect();
    try {
      onSend();
      await client.query(NOTIFY, notification);
    } finally {
      client.release();
    }
  }
}
