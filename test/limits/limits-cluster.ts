import { Pool } from 'pg';
import { pino } from 'pino';
import request from 'supertest';
import type { AuthServer } from '../../auth-server/app';
import { authSettings, INTERNAL_SECRET } from '../support/auth-server/auth-settings';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { createAuthServer } from '../support/native/auth-server';

export const PASSWORD = 'a password of a user';
const ORIGIN = 'http://localhost:3000';

/** Seconds added to every wait, so that no wait ends by itself on a slow host. */
export const HELD_S = 3_600;

/** Run as the owner of the database. */
export const HOLD_PAUSES = `
  CREATE FUNCTION hold_pauses() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'INSERT' OR NEW.expire <> OLD.expire THEN
      NEW.expire := NEW.expire + ${HELD_S} * 1000;
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER hold_pauses BEFORE INSERT OR UPDATE ON rate_limit
  FOR EACH ROW WHEN (NEW.key LIKE '%-gate:%') EXECUTE FUNCTION hold_pauses();
  ALTER TABLE rate_limit ENABLE ALWAYS TRIGGER hold_pauses`;

export interface CallOptions {
  /** The IP address of the caller, from the API. */
  from?: string;
  cookie?: string;
  headers?: Record<string, string>;
  /** The auth server of the call. */
  server?: number;
}

/** Auth servers with limits on one database. */
export class LimitsCluster {
  readonly servers: AuthServer[] = [];
  readonly log: string[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly sql: Pool,
  ) {}

  static async start(count: number, env: NodeJS.ProcessEnv = {}): Promise<LimitsCluster> {
    const database = await createTestDatabase();
    const sql = new Pool({ connectionString: database.url });
    sql.on('error', () => {});
    const cluster = new LimitsCluster(database, sql);
    const write = (line: string) => void cluster.log.push(line);
    const logger = pino({ level: 'debug' }, { write });
    await sql.query(HOLD_PAUSES);
    const settings = authSettings(database.url, { RATE_LIMITS: 'on', ...env });
    for (let index = 0; index < count; index += 1) {
      cluster.servers.push(await createAuthServer({ settings, logger }));
    }
    return cluster;
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
    await this.sql.end();
    await this.database.drop();
  }

  post(path: string, body: object, options: CallOptions = {}): request.Test {
    const { from = '198.51.100.1', cookie, headers = {}, server = 0 } = options;
    return request(this.servers[server]!.app)
      .post(`/api/auth${path}`)
      .set({
        'x-gatehouse-client-address': from,
        'x-gatehouse-internal-key': INTERNAL_SECRET,
        ...(cookie && { cookie, origin: ORIGIN }),
        ...headers,
      })
      .send(body);
  }

  signIn(email: string, password: string, options: CallOptions = {}): request.Test {
    return this.post('/sign-in/email', { email, password }, options);
  }

  /** A wrong password, so many times in sequence. @returns the statuses. */
  async guess(email: string, times: number, options: CallOptions = {}): Promise<number[]> {
    const statuses: number[] = [];
    for (let index = 0; index < times; index += 1) {
      statuses.push((await this.signIn(email, `wrong guess ${index}`, options)).status);
    }
    return statuses;
  }

  async signUp(email: string, options: CallOptions = {}): Promise<void> {
    const body = { email, password: PASSWORD, name: 'A Person' };
    await this.post('/sign-up/email', body, options).expect(200);
  }

  /** Ends all waits. */
  async endPauses(): Promise<void> {
    await this.sql.query(`DELETE FROM rate_limit WHERE key LIKE '%-gate:%'`);
  }

  /** Resets all attempts; the IP addresses of owners stay known. */
  async forgetAttempts(): Promise<void> {
    await this.sql.query(`DELETE FROM rate_limit WHERE key NOT LIKE 'known-address%'`);
  }
}

/** The cookie of a known browser, as the browser sends it. */
export function deviceOf({ headers }: request.Response): string {
  const cookies = headers['set-cookie'] as unknown as string[];
  return cookies.find((cookie) => cookie.includes('known_device'))!.split(';')[0]!;
}
