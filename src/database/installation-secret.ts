import { hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { readInstallationSecret } from '../../runtime/installation-secret';

const SECRET_BYTES = 32;

/**
 * A random secret that all replicas of the API share without a setting. It is created in the
 * database at its first use. It protects values that clients keep and send back, such as cursors;
 * it does not protect against a reader of the database.
 */
@Injectable()
export class InstallationSecret {
  private secret: Promise<Buffer> | null = null;
  /** Derived keys, by purpose and length: the secret does not change. */
  private readonly keys = new Map<string, Buffer>();

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /**
   * A key for one purpose, by HKDF-SHA-256 (RFC 5869). Each purpose has its own key. @param bytes
   * of the key; default 32.
   */
  async deriveKey(purpose: string, bytes = SECRET_BYTES): Promise<Buffer> {
    const known = this.keys.get(`${bytes} ${purpose}`);
    if (known) return known;
    // The next call repeats a failed query.
    this.secret ??= readInstallationSecret(
      (sql, values) => this.dataSource.query(sql, values),
      'api',
    ).catch((error: unknown) => {
      this.secret = null;
      throw error;
    });
    const key = Buffer.from(hkdfSync('sha256', await this.secret, '', purpose, bytes));
    this.keys.set(`${bytes} ${purpose}`, key);
    return key;
  }
}
