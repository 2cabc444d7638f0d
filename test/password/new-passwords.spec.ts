import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { PASSWORD, type SignedIn } from '../support/auth-server/harness';
import {
  type InProcessAuthServer,
  startInProcess,
} from '../support/auth-server/in-process-auth-server';
import { eventually } from '../support/eventually';
import { System } from '../support/system';

const TOO_COMMON = 'iloveyou2024';

describe('a common password', () => {
  let server: InProcessAuthServer;
  let user: SignedIn;
  let admin: SignedIn;

  beforeAll(async () => {
    server = await startInProcess();
    user = await server.signUp('ada@example.com');
    admin = await server.signInAdmin();
  });
  afterAll(() => server.stop());

  const origin = 'http://localhost:3000';
  const ways: Record<
    string,
    (password: string) => Promise<{ status: number; body: { code?: string } }>
  > = {
    'at sign-up': (password) =>
      server.post('/api/auth/sign-up/email', { email: 'new@example.com', name: 'New', password }),
    'when it is changed with a bearer token': (newPassword) =>
      server.post(
        '/api/auth/change-password',
        { currentPassword: PASSWORD, newPassword },
        user.bearer,
      ),
    'when it is changed with a cookie': (newPassword) =>
      server.post(
        '/api/auth/change-password',
        { currentPassword: PASSWORD, newPassword },
        { cookie: user.cookie, origin },
      ),
    'for a user whom an administrator makes': (password) =>
      server.post(
        '/api/auth/admin/create-user',
        { email: 'b@example.com', name: 'B', password },
        admin.bearer,
      ),
    'when an administrator sets it': (newPassword) =>
      server.post(
        '/api/auth/admin/set-user-password',
        { userId: user.userId, newPassword },
        admin.bearer,
      ),
  };

  it.each(Object.keys(ways))('is refused %s', async (way) => {
    const { status, body } = await ways[way]!(TOO_COMMON);
    expect([status, body.code]).toEqual([400, 'PASSWORD_TOO_COMMON']);
  });

  it.each(['when it is changed with a bearer token', 'when an administrator sets it'])(
    'is refused for words of the account, %s',
    async (way) => {
      const { status, body } = await ways[way]!('A.Person99');
      expect([status, body.code]).toEqual([400, 'PASSWORD_TOO_COMMON']);
    },
  );

  it('is refused at a reset, whose link stays valid', async () => {
    const email = 'ada@example.com';
    await server.post('/api/auth/request-password-reset', { email }).expect(200);
    const { body } = await server.get('/dev/mailbox');
    const token = /Code: (\S+)/.exec(body.items[0].text)![1];
    const reset = (newPassword: string) =>
      server.post('/api/auth/reset-password', { token, newPassword });
    for (const common of [TOO_COMMON, 'A Person 1']) {
      const { body: refusal } = await reset(common).expect(400);
      expect(refusal.code).toBe('PASSWORD_TOO_COMMON');
    }
    await reset(PASSWORD).expect(200);
    user = await server.signIn(email);
  });

  it('gets no detailed error without permission to set a password', async () => {
    const body = { userId: user.userId, newPassword: TOO_COMMON };
    await server.post('/api/auth/admin/set-user-password', body).expect(401);
    await server
      .post(
        '/api/auth/admin/set-user-password',
        body,
        (await server.signIn('ada@example.com')).bearer,
      )
      .expect(403);
    const change = { currentPassword: PASSWORD, newPassword: TOO_COMMON };
    await server.post('/api/auth/change-password', change).expect(401);
  });

  it.each([
    ['short', 'SHORT'],
    ['x'.repeat(129), 'LONG'],
    ['x'.repeat(300), 'LONG'],
    // Characters of two UTF-16 units each.
    ['🦊🚀🌵🎻', 'SHORT'],
    ['🦊🚀🌵🎻🧭🍋🪁', 'SHORT'],
    ['🦊🚀🌵'.repeat(43), 'LONG'],
  ])('is distinguished from a wrong length: %s', async (password, which) => {
    for (const way of Object.keys(ways)) {
      const { status, body } = await ways[way]!(password);
      expect([way, status, body.code]).toEqual([way, 400, `PASSWORD_TOO_${which}`]);
    }
  });

  it.each(['🦊🚀🌵🎻🧭🍋🪁🔑', `${'🦊🚀🌵'.repeat(42)}ab`])(
    'does not include 8 to 128 characters of any kind: %s',
    async (password) => {
      const email = `fox${password.length}@example.com`;
      const body = { email, name: 'New', password };
      await server.post('/api/auth/sign-up/email', body).expect(200);
      await server.signIn(email, password);
    },
  );
});

describe('through the API', () => {
  let system: System;
  beforeAll(async () => (system = await System.start()));
  afterAll(() => system.stop());

  it('a common password is a validation problem of its field', async () => {
    const admin = await system.asAdmin();
    const problem = {
      status: 422,
      body: {
        code: 'validation_failed',
        errors: [{ pointer: '/password', detail: expect.stringContaining('guessed') }],
      },
    };
    const body = { email: 'new@example.com', name: 'New', password: TOO_COMMON };
    expect(await system.asAnonymous().post('/api/v1/auth/sign-up', body)).toMatchObject(problem);
    expect(await admin.caller.post('/api/v1/admin/users', body)).toMatchObject(problem);
  });
});

describe('with a breached-password service', () => {
  const BREACHED = 'horse staple correct battery';
  const hash = createHash('sha1').update(BREACHED).digest('hex').toUpperCase();
  let service: Server;
  let server: InProcessAuthServer;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let asked: IncomingMessage[] = [];
  let users = 0;

  beforeAll(async () => {
    service = createServer((request, response) => {
      asked.push(request);
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const { port } = service.address() as { port: number };
    server = await startInProcess({ BREACHED_PASSWORDS_URL: `http://127.0.0.1:${port}/range/` });
  });
  beforeEach(() => {
    asked = [];
    server.log.length = 0;
  });
  afterAll(async () => {
    await server.stop();
    service.closeAllConnections();
    service.close();
  });

  const signUp = (password: string) =>
    server.post('/api/auth/sign-up/email', {
      email: `user${(users += 1)}@example.com`,
      name: 'New',
      password,
    });

  const list =
    (count: number): typeof answer =>
    (_request, response) =>
      void response.end(`${'0'.repeat(35)}:0\r\n${hash.slice(5).toLowerCase()}:${count}\r\n`);

  it('is refused when the service knows it, after only five characters of the hash are sent', async () => {
    answer = list(17);
    const { body } = await signUp(BREACHED).expect(400);
    expect(body.code).toBe('PASSWORD_BREACHED');
    expect(asked.map(({ url }) => url)).toEqual([`/range/${hash.slice(0, 5)}`]);
    expect(asked[0]!.headers['add-padding']).toBe('true');
  });

  it('is not checked for a client that has closed the connection', async () => {
    answer = list(0);
    const { hostname, port } = new URL(server.url);
    const email = 'gone@example.com';
    const body = JSON.stringify({ email, name: 'Gone', password: 'a password of nowhere' });
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      `POST /api/auth/sign-up/email HTTP/1.1\r\nHost: ${hostname}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    // The server runs in this process: it reads the request after the connection has closed.
    socket.destroy();
    await signUp('quite another password').expect(200);
    await eventually(() => expect(server.log.join()).toContain('"status":null'));
    expect(asked).toHaveLength(1);
    const { rows } = await server.sql.query('SELECT FROM "user" WHERE email = $1', [email]);
    expect(rows).toEqual([]);
  });

  it('is refused in every equivalent form (NFKC)', async () => {
    answer = list(17);
    const wide = BREACHED.replace(/[a-z]/g, (letter) =>
      String.fromCharCode(letter.charCodeAt(0) + 0xfee0),
    );
    expect((await signUp(wide).expect(400)).body.code).toBe('PASSWORD_BREACHED');
  });

  it('is accepted when unknown, and when it is only padding', async () => {
    answer = list(0);
    await signUp(BREACHED).expect(200);
    answer = list(17);
    await signUp('quite another password').expect(200);
    expect(server.log.join()).not.toContain('breached');
  });

  it('is not sent to the service when it is refused before', async () => {
    answer = list(17);
    await signUp(TOO_COMMON).expect(400);
    await server
      .post('/api/auth/change-password', { currentPassword: 'x', newPassword: BREACHED })
      .expect(401);
    expect(asked).toEqual([]);
  });

  it.each<[string, typeof answer]>([
    ['does not answer', () => {}],
    ['hangs up', (request) => void request.socket.destroy()],
    ['fails', (_request, response) => void response.writeHead(500).end('oops')],
    [
      'answers with a page',
      (_request, response) => void response.end('<html>sign in first</html>'),
    ],
    [
      'leads elsewhere',
      (_request, response) => void response.writeHead(302, { location: '/' }).end(),
    ],
    [
      'never stops',
      (_request, response) => void response.end(`${'A'.repeat(35)}:1\n`.repeat(40_000)),
    ],
  ])('is accepted with a log line when the service %s', async (_title, behave) => {
    answer = behave;
    await signUp(BREACHED).expect(200);
    expect(server.log.join()).toContain('breached passwords could not be checked');
    expect(server.log.join()).not.toContain(hash.slice(5));
  });
});

describe('the first administrator', () => {
  it('is not created with such a password in production', async () => {
    const production = { NODE_ENV: 'production', RATE_LIMITS: 'off' };
    const urls = { AUTH_URL: 'https://auth.example.com', API_URL: 'https://api.example.com' };
    const start = (ADMIN_PASSWORD: string) =>
      startInProcess({ ...production, ...urls, ADMIN_PASSWORD });
    await expect(start('administrator1')).rejects.toThrow('ADMIN_PASSWORD is among');
    await (await start('several unrelated words')).stop();
  });
});
