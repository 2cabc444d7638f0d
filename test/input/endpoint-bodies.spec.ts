import { startInProcess } from '../support/auth-server/in-process';
import { PASSWORD, type SignedIn } from '../support/auth-server/harness';
import { send } from '../support/raw-http';

type Server = Awaited<ReturnType<typeof startInProcess>>;
type Fields = Record<string, unknown>;

let server: Server;
let admin: SignedIn;

beforeAll(async () => {
  server = await startInProcess({ RATE_LIMITS: 'off' });
  admin = await server.signInAdmin();
});
afterAll(() => server.stop());

interface Target extends SignedIn {
  email: string;
}

let count = 0;

async function createTarget(): Promise<Target> {
  count += 1;
  const email = `target-${count}@example.com`;
  const target = { ...(await server.signUp(email)), email };
  await server.sql.query('UPDATE "user" SET email_verified = true WHERE id = $1', [target.userId]);
  return target;
}

/** A body that each administrative endpoint accepts. */
const BODIES: Record<string, (target: Target) => Fields> = {
  '/admin/set-role': ({ userId }) => ({ userId, role: 'admin' }),
  '/admin/update-user': ({ userId, email }) => ({
    userId,
    data: { name: 'Another', email: `new-${email}`, role: 'admin', banned: false },
  }),
  '/admin/ban-user': ({ userId }) => ({ userId, banReason: 'a reason', banExpiresIn: 60 }),
  '/admin/unban-user': ({ userId }) => ({ userId }),
  '/admin/set-user-password': ({ userId }) => ({
    userId,
    newPassword: 'another password of a user',
  }),
  '/admin/remove-user': ({ userId }) => ({ userId }),
  '/admin/revoke-user-session': ({ sessionToken }) => ({ sessionToken }),
  '/admin/revoke-user-sessions': ({ userId }) => ({ userId }),
  '/admin/impersonate-user': ({ userId }) => ({ userId }),
  '/admin/create-user': ({ email }) => ({
    email: `made-${email}`,
    password: PASSWORD,
    name: 'Made',
    role: 'user',
    data: { image: 'https://example.com/a.png' },
  }),
  '/admin/stop-impersonating': () => ({}),
  '/admin/has-permission': ({ userId }) => ({ userId, permissions: { user: ['ban'] } }),
  '/admin/list-user-sessions': ({ userId }) => ({ userId }),
};

/** Other types for one value. */
const CHANGES: [string, (value: unknown) => unknown][] = [
  ['in a list', (value) => [value]],
  ['in a list of a list', (value) => [[value]]],
  ['twice in a list', (value) => [value, value]],
  ['in an object', (value) => ({ value })],
  ['as a number', () => 7],
  ['as true', () => true],
  ['as null', () => null],
  ['missing', () => undefined],
];

/** Every body with one field, or one field of `data`, of another type. */
function* variantsOf(body: Fields): Generator<[string, unknown]> {
  yield ['as it is', body];
  yield ['in a list', [body]];
  yield ['with more fields', { ...body, id: 'x', banned: true, role2: 'admin', user: body }];
  for (const field of Object.keys(body)) {
    for (const [name, change] of CHANGES) yield [`${field} ${name}`, changed(body, field, change)];
  }
  if (typeof body.data !== 'object' || body.data === null) return;
  for (const field of Object.keys(body.data)) {
    for (const [name, change] of CHANGES) {
      yield [`data.${field} ${name}`, { ...body, data: changed(body.data, field, change) }];
    }
  }
}

const changed = (fields: object, field: string, change: (value: unknown) => unknown): Fields => ({
  ...fields,
  [field]: change((fields as Fields)[field]),
});

/** What the database holds, except the audit log and the time of the last use. */
async function stateOf(): Promise<string> {
  const { rows } = await server.sql.query(
    `SELECT (SELECT json_agg(to_jsonb(u) - 'updated_at' ORDER BY id) FROM "user" u) AS users,
            (SELECT json_agg(json_build_array(id, password) ORDER BY id) FROM account) AS accounts,
            (SELECT json_agg(id ORDER BY id) FROM session) AS sessions`,
  );
  return JSON.stringify(rows);
}

async function eventsOf(requestId: string): Promise<string[]> {
  const sql = 'SELECT action FROM audit_event WHERE request_id = $1';
  const { rows } = await server.sql.query<{ action: string }>(sql, [requestId]);
  return rows.map(({ action }) => action);
}

interface Found {
  isChanged: boolean;
  /** What is wrong with the response to the body. */
  faults: string[];
}

async function faultOf(path: string, variant: [string, unknown]): Promise<Found> {
  const [name, body] = variant;
  const requestId = crypto.randomUUID();
  const before = await stateOf();
  const { status, text } = await send(server.url, {
    method: 'POST',
    path: `/api/auth${path}`,
    headers: {
      ...admin.bearer,
      'content-type': 'application/json',
      'x-request-id': requestId,
    },
    body: JSON.stringify(body),
  });
  const isChanged = (await stateOf()) !== before;
  const events = await eventsOf(requestId);
  const what = `${path} with ${name}: ${status} ${text.slice(0, 150)}`;
  const faults = [
    ...(status >= 500 ? [what] : []),
    ...(status >= 400 && isChanged ? [`${what}, although it changed something`] : []),
    ...(isChanged && events.length === 0 ? [`${what}, without an audit event`] : []),
  ];
  return { isChanged, faults };
}

interface Route {
  path?: string;
  options?: { method?: unknown; metadata?: { SERVER_ONLY?: boolean } };
}

function routes(): Route[] {
  const endpoints = Object.values(server.auth.api) as Route[];
  return endpoints.filter(({ options }) => !options?.metadata?.SERVER_ONLY);
}

function administrativePaths(): string[] {
  return routes()
    .filter(({ options }) => options?.method === 'POST')
    .flatMap(({ path }) => (path?.startsWith('/admin/') ? [path] : []));
}

it('the bodies of all administrative endpoints are known', () => {
  expect(administrativePaths().toSorted()).toEqual(Object.keys(BODIES).toSorted());
});

describe('the administrative endpoint', () => {
  it.each(Object.keys(BODIES))(
    '%s changes nothing without an audit event, for every body',
    async (path) => {
      const faults: string[] = [];
      let target = await createTarget();
      const { length } = [...variantsOf(BODIES[path]!(target))];
      for (let index = 0; index < length; index += 1) {
        const variant = [...variantsOf(BODIES[path]!(target))][index]!;
        const found = await faultOf(path, variant);
        faults.push(...found.faults);
        if (found.isChanged) target = await createTarget();
      }
      expect(faults).toEqual([]);
    },
  );

  it.each([
    ['/admin/set-role', { role: 'admin' }],
    ['/admin/ban-user', {}],
    ['/admin/set-user-password', { newPassword: 'another password of a user' }],
    ['/admin/update-user', { data: { email: 'stolen@example.com' } }],
    ['/admin/remove-user', {}],
  ])('%s refuses the id of a user in a list', async (path, rest) => {
    const { userId } = await createTarget();
    const before = await stateOf();
    const answer = await server.post(
      `/api/auth${path}`,
      { userId: [userId], ...rest },
      admin.bearer,
    );
    expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(await stateOf()).toBe(before);
  });

  it.each([
    ['/change-email', 'newEmail'],
    ['/request-password-reset', 'email'],
    ['/send-verification-email', 'email'],
  ])('%s refuses an e-mail address that is too long', async (path, field) => {
    const body = { [field]: `${'a'.repeat(250)}@example.com` };
    const answer = await server.post(`/api/auth${path}`, body, admin.bearer);
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_EMAIL']);
  });

  it('/admin/update-user refuses an e-mail address in a list', async () => {
    const { userId } = await createTarget();
    const body = { userId, data: { email: ['other@example.com'] } };
    const { status } = await server.post('/api/auth/admin/update-user', body, admin.bearer);
    expect(status).toBe(400);
  });
});

interface Plugin {
  id: string;
  hooks?: { before?: unknown[] };
  endpoints?: Record<string, { path: string }>;
}

async function findPlugin(id: string): Promise<Plugin> {
  const { options } = await server.auth.$context;
  return (options.plugins as Plugin[]).find((plugin) => plugin.id === id)!;
}

const setRole = async () => {
  const { userId } = await createTarget();
  const before = await stateOf();
  const body = { userId, role: 'admin' };
  const { status } = await server.post('/api/auth/admin/set-role', body, admin.bearer);
  return { status, isChanged: (await stateOf()) !== before };
};

describe('an administrative request', () => {
  it('has an audit rule at every endpoint that changes something', async () => {
    const [lacksRule] = (await findPlugin('audit-log')).hooks!.before! as {
      matcher(context: { path?: string; request: object }): boolean;
    }[];
    const refused = routes().filter(({ path }) => lacksRule!.matcher({ path, request: {} }));
    expect(refused.map(({ path }) => path)).toEqual([]);
    expect(lacksRule!.matcher({ path: '/admin/of-a-new-version', request: {} })).toBe(true);
  });

  it('for which there is no audit rule is answered with 500 and does nothing', async () => {
    const other = await startInProcess({ RATE_LIMITS: 'off' });
    try {
      const { plugins } = (await other.auth.$context).options;
      const { endpoints } = (plugins as Plugin[]).find(({ id }) => id === 'admin')!;
      // Before the first request, which makes the routes.
      endpoints!.setRole!.path = '/admin/of-a-new-version';
      const { bearer } = await other.signInAdmin();
      const { userId } = await other.signUp('ann@example.com');
      const body = { userId, role: 'admin' };
      const { status } = await other.post('/api/auth/admin/of-a-new-version', body, bearer);
      const { rows } = await other.sql.query('SELECT role FROM "user" WHERE id = $1', [userId]);
      expect([status, rows]).toEqual([500, [{ role: 'user' }]]);
    } finally {
      await other.stop();
    }
  });

  it('whose audit rule does not know the user is answered with 500', async () => {
    const { hooks } = await findPlugin('audit-log');
    const before = hooks!.before!.splice(0);
    await expect(setRole()).resolves.toMatchObject({ status: 500 });
    hooks!.before!.push(...before);
    await expect(setRole()).resolves.toMatchObject({ status: 200 });
  });
});
