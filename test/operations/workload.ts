import type { Processes } from './processes';

const EVENT_STREAM = 'text/event-stream';

const PASSWORD = 'correct horse battery staple';

/** The outcome of one request. */
export interface Outcome {
  kind: string;
  status: number;
  code: string;
  hasRetryAfter: boolean;
  ms: number;
}

interface Call {
  method?: string;
  url: string;
  token?: string;
  authorization?: string;
  body?: object;
  /** Sent as a form, in place of `body`. */
  form?: Record<string, string>;
  /** Media type; `text/event-stream` opens a stream, of which one part is read. */
  accept?: string;
}

type Kinds = Record<string, () => Call>;

/** One request of each kind that reaches the database, on both processes. */
export class Workload {
  private count = 0;

  private constructor(
    private readonly kinds: Kinds,
    readonly outcomes: Outcome[],
  ) {}

  /** Signs a user and the administrator in, and prepares the requests. */
  static async prepare({ auth, api }: Processes): Promise<Workload> {
    const user = await signUp(api.url, 'ada@example.com');
    // Another user: a hundred sign-ins end the oldest session.
    const email = 'eve@example.com';
    await signUp(api.url, email);
    const admin = await signIn(api.url, {
      email: 'admin@example.com',
      password: 'the first administrator',
    });
    const v1 = `${api.url}/api/v1`;
    const account = await createServiceAccount(v1, admin.accessToken);
    const outcomes: Outcome[] = [];
    const workload: Workload = new Workload(
      {
        'sign-in': () => ({ url: `${v1}/auth/sign-in`, body: { email, password: PASSWORD } }),
        'sign-up': () => ({
          url: `${v1}/auth/sign-up`,
          body: { email: workload.freshEmail(), password: PASSWORD, name: 'New' },
        }),
        refresh: () => ({
          url: `${v1}/auth/refresh`,
          body: { refreshToken: user.refreshToken },
        }),
        'own user': () => ({ url: `${v1}/users/me`, token: user.accessToken }),
        'change own user': () => ({
          method: 'PATCH',
          url: `${v1}/users/me`,
          token: user.accessToken,
          body: { name: `Ada ${(workload.count += 1)}` },
        }),
        'own sessions': () => ({ url: `${v1}/users/me/sessions`, token: user.accessToken }),
        'list of users': () => ({ url: `${v1}/admin/users`, token: admin.accessToken }),
        'create user': () => ({
          url: `${v1}/admin/users`,
          token: admin.accessToken,
          body: { email: workload.freshEmail(), name: 'New', password: PASSWORD },
        }),
        export: () => ({ url: `${v1}/users/me/export`, token: user.accessToken }),
        'audit events': () => ({ url: `${v1}/admin/audit-events`, token: admin.accessToken }),
        'kept access events': () => ({ url: `${v1}/access-events`, token: admin.accessToken }),
        'stream of access events': () => ({
          url: `${v1}/access-events`,
          token: admin.accessToken,
          accept: EVENT_STREAM,
        }),
        'OAuth token': () => ({ url: `${auth.url}/api/auth/oauth2/token`, ...account }),
        statistics: () => ({ url: `${v1}/admin/stats`, token: admin.accessToken }),
        'passed sign-in': () => ({
          url: `${api.url}/api/auth/sign-in/email`,
          body: { email, password: PASSWORD },
        }),
        'direct session': () => ({
          url: `${auth.url}/api/auth/get-session`,
          token: user.refreshToken,
        }),
        'direct token': () => ({ url: `${auth.url}/api/auth/token`, token: user.refreshToken }),
      },
      outcomes,
    );
    return workload;
  }

  /** Sends one request of each kind, all at once. */
  async round(): Promise<Outcome[]> {
    const calls = Object.entries(this.kinds).map(([kind, toCall]) => measure(kind, toCall()));
    const outcomes = await Promise.all(calls);
    this.outcomes.push(...outcomes);
    return outcomes;
  }

  /** Sends one request of each kind, and closes the connections after the time. */
  async leave(afterMs: number): Promise<void> {
    const calls = Object.values(this.kinds).map((toCall) =>
      send(toCall(), AbortSignal.timeout(afterMs)).then((response) => response.text()),
    );
    await Promise.allSettled(calls);
  }

  /** Repeats rounds until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.round();
  }

  private freshEmail(): string {
    this.count += 1;
    return `user-${process.pid}-${this.count}@example.com`;
  }
}

/** Outcomes that no caller may get while a part is unavailable, as text. */
export function wrongAnswers(outcomes: Outcome[]): string[] {
  return outcomes
    .filter(({ status, hasRetryAfter }) =>
      status === 503 ? !hasRetryAfter : status === 0 || status >= 400,
    )
    .map(({ kind, status, code }) => `${kind}: ${status} ${code}`);
}

async function measure(kind: string, call: Call): Promise<Outcome> {
  const start = performance.now();
  try {
    const response = await send(call);
    const body = await readBody(response, call);
    const hasRetryAfter = response.headers.has('retry-after');
    const ms = performance.now() - start;
    return { kind, status: response.status, code: body?.code ?? '', hasRetryAfter, ms };
  } catch (error) {
    const ms = performance.now() - start;
    return { kind, status: 0, code: String(error), hasRetryAfter: false, ms };
  }
}

async function readBody(response: Response, call: Call): Promise<{ code?: string } | null> {
  if (call.accept !== EVENT_STREAM || !response.ok) {
    return (await response.json().catch(() => ({}))) as { code?: string } | null;
  }
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  return {};
}

function send(call: Call, signal = AbortSignal.timeout(30_000)): Promise<Response> {
  const { method, url, token, authorization, body, form, accept } = call;
  return fetch(url, {
    method: method ?? (body || form ? 'POST' : 'GET'),
    headers: {
      origin: new URL(url).origin,
      ...(body && { 'content-type': 'application/json' }),
      ...(authorization && { authorization }),
      ...(accept && { accept }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: form ? new URLSearchParams(form) : body && JSON.stringify(body),
    signal,
  });
}

/** @returns the request with which the service account gets a token. */
async function createServiceAccount(v1: string, token: string): Promise<Partial<Call>> {
  const body = { name: 'Load', type: 'machine', scopes: ['users:read'] };
  const response = await send({ url: `${v1}/admin/clients`, token, body });
  const client = (await response.json()) as { clientId: string; clientSecret: string };
  const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64');
  return { form: { grant_type: 'client_credentials' }, authorization: `Basic ${basic}` };
}

interface Tokens {
  accessToken: string;
  refreshToken: string;
}

function signUp(apiUrl: string, email: string): Promise<Tokens> {
  return tokensFrom(`${apiUrl}/api/v1/auth/sign-up`, { email, password: PASSWORD, name: 'Ada' });
}

function signIn(apiUrl: string, body: object): Promise<Tokens> {
  return tokensFrom(`${apiUrl}/api/v1/auth/sign-in`, body);
}

async function tokensFrom(url: string, body: object): Promise<Tokens> {
  const response = await send({ url, body });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Tokens;
}
