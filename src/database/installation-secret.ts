import { hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';

const NAME = 'api';
const SECRET_BYTES = 32;

const SELECT = 'SELECT value FROM installation_secret WHERE name = $1';

/** Of replicas that come here at once, one makes the secret; all read the same one afterwards. */
const INSERT = `INSERT INTO installation_secret (name, value) VALUES ($1, $2)
                ON CONFLICT (name) DO NOTHING`;

/**
 * A random secret that all replicas of the API share without a setting: it lies in the
 * database, made there at its first use. It guards what callers carry away and bring back;
 * against who can read the database it guards nothing.
 */
@Injectable()
export class InstallationSecret {
  private secret: Promise<Buffer> | null = null;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /**
   * A key for one purpose, by HKDF-SHA-256 (RFC 5869): no two purposes share one.
   *
   * @param bytes of the key; 32 unless told otherwise.
   */
  async deriveKey(purpose: string, bytes = SECRET_BYTES): Promise<Buffer> {
    // What failed is tried anew by the next caller.
    this.secret ??= this.readOrMake().catch((error: unknown) => {
      this.secret = null;
      throw error;
    });
    return Buffer.from(hkdfSync('sha256', await this.secret, '', purpose, bytes));
  }

  private async readOrMake(): Promise<Buffer> {
    const found = await this.read();
    if (found) return found;
    await this.dataSource.query(INSERT, [NAME, randomBytes(SECRET_BYTES)]);
    return (await this.read())!;
  }

  private async read(): Promise<Buffer | undefined> {
    const [row] = await this.dataSource.query<{ value: Buffer }[]>(SELECT, [NAME]);
    return row?.value;
  }
}
