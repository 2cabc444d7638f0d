import { Pool } from 'pg';
import { pino } from 'pino';
import request from 'supertest';
import { createAuthServer, type AuthServer } from '../../auth-server/app';
import { createTestDatabase } from '../support/database';
import { ADMIN_EMAIL, ADMIN_PASSWORD, authSettings } from './auth-settings';

export const PASSWORD = 'a password of a user';

export interface RunningAuthServer extends AuthServer {
  /** The log, one JSON text for each entry. */
  log: string[];
  /** Reads and changes the database directly. */
  sql: Pool;
  get(path: string, headers?: Record<string, string>): request.Test;
  /** A POST of a client without cookie and Origin. */
  post(path: string, body?: object, headers?: Record<string, string>): request.Test;
  signUp(email: string): Promise<SignedIn>;
  signIn(email: string, password?: string): Promise<SignedIn>;
  signInAdmin(): Promise<SignedIn>;
  stop(): Promise<void>;
}

export interface SignedIn {
  userId: string;
  sessionToken: string;
  /** For the session token. */
  bearer: { authorization: string };
  cookie: string;
}

/** A whole auth server without a port, on its own database. */
export async function startAuthServer(env: NodeJS.ProcessEnv = {}): Promise<RunningAuthServer> {
  const database = await createTestDatabase();
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const settings = authSettings(env.DATABASE_URL ?? database.url, env);
  const server = await createAuthServer({ settings, logger });
  const sql = new Pool({ connectionString: database.url });
  sql.on('error', () => {});
  const requests = requestsTo(server);
  return {
    ...server,
    ...requests,
    log,
    sql,
    signUp: async (email) => {
      const body = { email, password: PASSWORD, name: 'A Person' };
      return toSignedIn(await requests.post('/api/auth/sign-up/email', body).expect(200));
    },
    signIn: requests.signIn,
    signInAdmin: () => requests.signIn(ADMIN_EMAIL, ADMIN_PASSWORD),
    stop: async () => {
      await Promise.all([server.close(), sql.end()]);
      await database.drop();
    },
  };
}

function requestsTo({ app }: AuthServer) {
  const get = (path: string, headers = {}) => request(app).get(path).set(headers);
  const post = (path: string, body: object = {}, headers = {}) =>
    request(app).post(path).set(headers).send(body);
  const signIn = async (email: string, password = PASSWORD) =>
    toSignedIn(await post('/api/auth/sign-in/email', { email, password }).expect(200));
  return { get, post, signIn };
}

function toSignedIn({ body, headers }: request.Response): SignedIn {
  const sessionToken: string = body.token;
  const [cookie] = headers['set-cookie'] as unknown as string[];
  return {
    userId: body.user.id,
    sessionToken,
    bearer: { authorization: `Bearer ${sessionToken}` },
    cookie: cookie!.split(';')[0]!,
  };
}
