import { Pool } from 'pg';
import request from 'supertest';
import { createTestDatabase, type TestDatabase } from '../database';
import { reservePorts } from '../ports';
import { type Hosted, startHosted } from '../processes/system-host';
import { ADMIN_EMAIL, ADMIN_PASSWORD, authSettings } from './auth-settings';

export const PASSWORD = 'a password of a user';

export interface RunningAuthServer {
  url: string;
  /** Reads the database, and changes it without the server. */
  sql: Pool;
  get(path: string, headers?: Record<string, string>): request.Test;
  /** A POST as a client outside browsers sends it: without cookie and Origin. */
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

/** A whole auth server on a database of its own. */
export async function startAuthServer(env: NodeJS.ProcessEnv = {}): Promise<RunningAuthServer> {
  const database = await createTestDatabase();
  const [port] = await reservePorts(1);
  const settings = authSettings(env.DATABASE_URL ?? database.url, env);
  const server = await startHosted('auth', { settings, port: port! });
  return toRunning({ server, url: `http://127.0.0.1:${port}`, database });
}

export function toRunning(parts: {
  server: Hosted;
  url: string;
  database: TestDatabase;
}): RunningAuthServer {
  const { server, url, database } = parts;
  const sql = new Pool({ connectionString: database.url });
  sql.on('error', () => {});
  const requests = requestsTo(url);
  return {
    url,
    ...requests,
    sql,
    signUp: async (email) => {
      const body = { email, password: PASSWORD, name: 'A Person' };
      return toSignedIn(await requests.post('/api/auth/sign-up/email', body).expect(200));
    },
    signInAdmin: () => requests.signIn(ADMIN_EMAIL, ADMIN_PASSWORD),
    stop: async () => {
      await Promise.all([server.stop(), sql.end()]);
      await database.drop();
    },
  };
}

function requestsTo(url: string) {
  const get = (path: string, headers = {}) => request(url).get(path).set(headers);
  const post = (path: string, body: object = {}, headers = {}) =>
    request(url).post(path).set(headers).send(body);
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
