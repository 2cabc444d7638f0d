import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Router } from 'express';
import { DOCS_CLIENT_ID } from '../../contract';
import { startInProcess } from '../support/auth-server/in-process';
import { PASSWORD, type SignedIn } from '../support/auth-server/harness';
import { type OpenApiDocument, type Operation, operationsOf } from '../support/documents/openapi';
import { requiredRequest } from '../support/documents/required-request';
import { type RawRequest, send } from '../support/raw-http';

const DOCUMENT = JSON.parse(readFileSync('openapi-auth.json', 'utf8')) as OpenApiDocument;
const OPERATIONS = [...operationsOf(DOCUMENT)];
const namesOf = (isWanted: (operation: Operation) => boolean) =>
  OPERATIONS.flatMap(([name, operation]) => (isWanted(operation) ? [name] : []));
const isOpen = ({ security }: Operation) => security.some((way) => Object.keys(way).length === 0);

/** Values that the endpoints accept. */
const KNOWN = {
  currentPassword: PASSWORD,
  filterField: 'email',
  limit: 1,
  newEmail: 'another@example.com',
  offset: 0,
  password: PASSWORD,
  sortBy: 'email',
};

const NEEDS_SESSION = namesOf((operation) => !isOpen(operation));
const IS_OPEN = namesOf(isOpen);

let server: Awaited<ReturnType<typeof startInProcess>>;
let user: SignedIn;

beforeAll(async () => {
  server = await startInProcess({ RATE_LIMITS: 'off' });
  user = await server.signUp('banned@example.com');
  await server.sql.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [user.userId]);
});

afterAll(() => server.stop());

/** Without the trigger that refuses it. */
async function leaveSession(banned: boolean): Promise<void> {
  const { sql } = server;
  await sql.query(`UPDATE "user" SET banned = $2, role = 'admin' WHERE id = $1`, [
    user.userId,
    banned,
  ]);
  await sql.query('ALTER TABLE session DISABLE TRIGGER session_begins');
  try {
    await sql.query(
      `INSERT INTO session (id, user_id, token, expires_at)
       VALUES ('left', $1, $2, now() + interval '1 hour')
       ON CONFLICT (id) DO UPDATE SET token = $2`,
      [user.userId, user.sessionToken],
    );
  } finally {
    await sql.query('ALTER TABLE session ENABLE ALWAYS TRIGGER session_begins');
  }
}

/** What the database holds of the user. */
async function stateOf(): Promise<unknown> {
  const { rows } = await server.sql.query(
    `SELECT to_jsonb("user") AS "user",
            (SELECT json_agg(a ORDER BY id) FROM account a WHERE user_id = "user".id) AS accounts,
            (SELECT json_agg(s ORDER BY id) FROM session s WHERE user_id = "user".id) AS sessions
       FROM "user" WHERE id = $1`,
    [user.userId],
  );
  return rows;
}

type Session = Record<string, string>;

interface Outcome {
  status: number;
  code?: string;
  location?: string;
}

async function outcomeOf(request: RawRequest, session: Session): Promise<Outcome> {
  const headers = { origin: server.url, ...request.headers, ...session };
  const answer = await send(server.url, { ...request, headers });
  const [location] = answer.headers.location ?? [];
  return {
    status: answer.status,
    code: /"code":"(\w+)"/.exec(answer.text)?.[1],
    location: location && new URL(location, server.url).pathname,
  };
}

function call(name: string, session: Session = user.bearer): Promise<Outcome> {
  return outcomeOf(requiredRequest(DOCUMENT, name, { ...KNOWN, userId: user.userId }), session);
}

describe('a session that a ban has left', () => {
  it('is tried at all endpoints', () => {
    expect(NEEDS_SESSION.length).toBeGreaterThan(35);
    expect(IS_OPEN.length).toBeGreaterThan(30);
  });

  it.each(NEEDS_SESSION)('is refused by %s', async (name) => {
    await leaveSession(true);
    const before = await stateOf();
    expect(await call(name)).toMatchObject({ status: 401 });
    expect(await stateOf()).toEqual(before);
    await leaveSession(false);
    expect((await call(name)).status).not.toBe(401);
  });

  const unknown = { authorization: 'Bearer of-no-session' };

  it.each(IS_OPEN)('is no session for %s', async (name) => {
    await leaveSession(true);
    expect(await call(name)).toEqual(await call(name, unknown));
  });

  it('is none', async () => {
    await leaveSession(true);
    const request = { path: '/api/auth/get-session', headers: user.bearer };
    expect(await send(server.url, request)).toMatchObject({ status: 200, text: 'null' });
  });
});

describe('a page', () => {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: DOCS_CLIENT_ID,
    redirect_uri: 'http://localhost:8000/docs/oauth2-redirect.html',
    scope: 'openid',
    state: 'a state',
    code_challenge: createHash('sha256').update('a verifier').digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const authorize = `/api/auth/oauth2/authorize?${query}`;

  /** The pages of the running server, each with the request of a client. */
  async function requestsOfPages(): Promise<RawRequest[]> {
    const { headers } = await send(server.url, { path: authorize });
    const { search } = new URL(headers.location![0]!);
    const routers = server.steps.find(({ name }) => name === 'pages')!.handlers as Router[];
    const paths = new Set(routers.flatMap(({ stack }) => stack.map(({ route }) => route?.path)));
    const pages = [...paths].filter((path) => path && !path.startsWith('/assets/'));
    const type = 'application/x-www-form-urlencoded';
    const form = { headers: { 'content-type': type }, body: 'answer=accept' };
    return [
      { path: authorize },
      ...pages.flatMap((page) => {
        const path = page + search;
        return [{ path }, { method: 'POST', path, ...form }];
      }),
    ];
  }

  async function answerOf(request: RawRequest, session: Session): Promise<string> {
    const own = {
      accept: 'text/html',
      origin: 'http://localhost:3000',
      'x-request-id': 'a-request',
    };
    const headers = { ...own, ...request.headers, ...session };
    const { status, text, headers: given } = await send(server.url, { ...request, headers });
    const target = given.location && new URL(given.location[0]!, server.url).pathname;
    // A page signs the request of the client again, with the time.
    return `${status} ${target} ${text.replaceAll(/\b(exp|sig)=[\w%]+/g, '')}`;
  }

  it('answers to a session that a ban has left as without a session', async () => {
    const [cookieName] = user.cookie.split('=', 1);
    const unknown = { cookie: `${cookieName}=of-no-session` };
    const dependent: string[] = [];
    for (const request of await requestsOfPages()) {
      const name = `${request.method ?? 'GET'} ${request.path.split('?')[0]}`;
      const without = await answerOf(request, unknown);
      await leaveSession(true);
      expect([name, await answerOf(request, { cookie: user.cookie })]).toEqual([name, without]);
      await leaveSession(false);
      const answer = await answerOf(request, { cookie: user.cookie });
      if (answer !== without) dependent.push(name);
    }
    // The other pages are the same with a session and without one.
    expect(dependent).toEqual([
      'GET /api/auth/oauth2/authorize',
      'GET /consent',
      'POST /consent',
      'GET /',
    ]);
  });
});
