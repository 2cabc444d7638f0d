import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Dispatcher, Pool } from 'undici';
import { toCallerHeaders } from './caller-headers';
import { KEPT_CONNECTIONS } from './kept-connections';
import type { CallerContext } from '../http/request/caller-context';
import { whileClientWaits } from '../http/request/client-leave';
import {
  ACTING_CLIENT_HEADER,
  AUTH_BASE_PATH,
  CALLER_TOKEN_HEADER,
  COMMITTED_CHANGE_HEADER,
  TOKEN_WANTED_HEADER,
} from '../../contract';
import { Problem } from '../common/problems/problem';
import type { ProblemCode } from '../common/problems/problem-codes';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';
import { markWorkBegun } from '../common/work-record';
import { toClientNetwork } from '../../runtime/network/client-network';
import {
  hasPassword,
  ownerOf,
  PASSWORD_RETRY_S,
  PasswordRequests,
} from '../../runtime/network/password-requests';
import { timeInScope } from '../../runtime/database/database-scope';
import { INTERNAL_SECRET } from '../database/internal-secret';

/** The problems that each call of the auth server can have. */
export const AUTH_SERVER_PROBLEMS: ProblemCode[] = [
  'too_many_requests',
  'auth_server_failed',
  'auth_server_unavailable',
];

/**
 * The end of the last call of the auth server in a request, after the begin of the request: a route
 * answers within 5 seconds.
 */
const TIMEOUT_MS = 4_500;
const NO_TIME = 'the time of the request is over';
/** The signal of a client that does not leave. */
const NEVER = new AbortController().signal;

export interface AuthServerRequest {
  method: 'GET' | 'POST';
  /** Below `/api/auth`, e.g. `/sign-in/email`. */
  path: string;
  body?: Record<string, unknown>;
  /** A session token, sent as bearer. */
  sessionToken?: string;
  /** The access token of the user for whom the call is made. */
  accessToken?: string;
  /** The one cookie to send along, `name=value`. */
  cookie?: string;
  /** The service account that calls, or the client that acts for the user of the session. */
  clientId?: string;
  /** Whether the answer contains the access token of the new session. */
  wantsToken?: boolean;
  /** Part of a change that is committed: the call has its own time, and goes on when the client leaves. */
  isOwed?: boolean;
  caller: CallerContext;
}

export interface AuthServerAnswer {
  status: number;
  headers: Headers;
  /** Parsed JSON; empty for an answer without JSON. */
  body: Record<string, unknown>;
}

/** A form of an OAuth client, with its own credentials. */
export interface ClientForm {
  /** Below `/api/auth`. */
  path: string;
  form: string;
  headers: { authorization?: string; contentType?: string };
  caller: CallerContext;
}

/** Calls the auth server for the caller of a request: only the auth server writes credentials. */
@Injectable()
export class AuthServerClient implements OnApplicationShutdown {
  private readonly pool: Pool;
  /** Before the path of a request. */
  private readonly basePath: string;
  private readonly passwordRequests = new PasswordRequests();

  constructor(
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
    @Inject(INTERNAL_SECRET) private readonly internalSecret: string,
  ) {
    const { origin, pathname } = new URL(settings.authInternalUrl);
    // Not `fetch`, which takes four times the CPU time for a call.
    this.pool = new Pool(origin, { ...KEPT_CONNECTIONS, connect: { timeout: TIMEOUT_MS } });
    this.basePath = `${pathname.replace(/\/$/, '')}${AUTH_BASE_PATH}`;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.destroy();
  }

  /**
   * @returns the answer with any status below 500.
   * @throws {Problem} `auth_server_unavailable`, `auth_server_failed`, `too_many_requests`.
   */
  async call(request: AuthServerRequest): Promise<AuthServerAnswer> {
    const { status, headers, text } = await this.sendCounted(request);
    if (status === 429) throw tooManyRequests(headers);
    const body = parseJson(text);
    // The API's own calls are not redirected.
    if (status >= 500 || (status >= 300 && status < 400)) {
      throw toFailure({ status, headers, body }, request.path);
    }
    return { status, headers, body };
  }

  /**
   * Sends the form of a client as it came. @returns the answer with any status.
   * @throws {Problem} `auth_server_unavailable`
   */
  async sendForm({ path, form, headers, caller }: ClientForm): Promise<ReceivedAnswer> {
    const { authorization, contentType } = headers;
    const wait = { left: caller.left, limitMs: TIMEOUT_MS - timeInScope() };
    if (wait.limitMs <= 0) throw new Problem('auth_server_unavailable', { cause: NO_TIME });
    try {
      return await this.receive(wait, {
        method: 'POST',
        path,
        headers: {
          accept: 'application/json',
          ...this.callerHeaders(caller),
          ...(authorization !== undefined && { authorization }),
          ...(contentType !== undefined && { 'content-type': contentType }),
        },
        body: form,
      });
    } catch (error) {
      throw new Problem('auth_server_unavailable', { cause: error });
    }
  }

  /** The auth server counts too; here a refused request opens no connection to it. */
  private async sendCounted(request: AuthServerRequest): Promise<ReceivedAnswer> {
    const headers = this.headersOf(request);
    if (!hasPassword(request.body)) return this.send(request, headers);
    const owner = ownerOf({ ...request, body: request.body, header: (name) => headers[name] });
    const network = toClientNetwork(request.caller.address);
    const end = this.passwordRequests.begin({ owner, network });
    if (!end) throw tooManyRequests(new Headers({ 'retry-after': PASSWORD_RETRY_S }));
    return this.send(request, headers).finally(end);
  }

  private async send(
    { method, path, body, caller, isOwed = false }: AuthServerRequest,
    headers: Record<string, string>,
  ): Promise<ReceivedAnswer> {
    const wait = isOwed
      ? { left: NEVER, limitMs: TIMEOUT_MS }
      : { left: caller.left, limitMs: TIMEOUT_MS - timeInScope() };
    if (wait.limitMs <= 0) throw new Problem('auth_server_unavailable', { cause: NO_TIME });
    try {
      const sent = { method, path, headers, body: body && JSON.stringify(body) };
      const answer = await this.receive(wait, sent);
      if (method === 'POST' && !isRefused(answer)) markWorkBegun();
      return answer;
    } catch (error) {
      if (method === 'POST' && !isNotConnected(error)) markWorkBegun();
      throw new Problem('auth_server_unavailable', { cause: error });
    }
  }

  /** The auth server does not begin the work of a request whose connection is closed. */
  private receive(
    wait: { left: AbortSignal; limitMs: number },
    { path, ...request }: Dispatcher.RequestOptions,
  ): Promise<ReceivedAnswer> {
    return whileClientWaits(wait, async (signal) => {
      const options = { ...request, path: `${this.basePath}${path}`, signal };
      const response = await this.pool.request(options);
      const text = await response.body.text();
      return { status: response.statusCode, headers: toHeaders(response), text };
    });
  }

  private headersOf({
    body,
    sessionToken,
    accessToken,
    cookie,
    clientId,
    wantsToken,
    isOwed,
    caller,
  }: AuthServerRequest): Record<string, string> {
    return {
      accept: 'application/json',
      // Satisfies the origin check of Better-Auth: the call is the API's own.
      origin: this.settings.authUrl,
      ...this.callerHeaders(caller),
      ...(body && { 'content-type': 'application/json' }),
      ...(cookie && { cookie }),
      ...(clientId && { [ACTING_CLIENT_HEADER]: clientId }),
      ...(wantsToken && { [TOKEN_WANTED_HEADER]: 'true' }),
      ...(isOwed && { [COMMITTED_CHANGE_HEADER]: 'true' }),
      ...(accessToken && { [CALLER_TOKEN_HEADER]: accessToken }),
      ...(sessionToken && { authorization: `Bearer ${sessionToken}` }),
    };
  }

  private callerHeaders(caller: CallerContext): Record<string, string> {
    return { 'user-agent': caller.userAgent, ...toCallerHeaders(caller, this.internalSecret) };
  }
}

/** An answer, with any status. */
export interface ReceivedAnswer {
  status: number;
  headers: Headers;
  text: string;
}

function toHeaders({ headers }: Dispatcher.ResponseData): Headers {
  const result = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const line of [value ?? []].flat()) result.append(name, line);
  }
  return result;
}

function toFailure({ status, headers, body }: AuthServerAnswer, path: string): Problem {
  const cause = `status ${status} of ${path}`;
  if (body.code === 'SECOND_FACTOR_UNREADABLE') {
    const retryAfter = headers.get('retry-after') ?? '60';
    return new Problem('second_factor_unavailable', {
      cause,
      headers: { 'retry-after': retryAfter },
    });
  }
  return new Problem(status === 503 ? 'auth_server_unavailable' : 'auth_server_failed', { cause });
}

/** Whether the auth server has done nothing. A request that it does not admit has written nothing. */
function isRefused({ status, text }: ReceivedAnswer): boolean {
  return (status >= 400 && status < 500) || (status === 503 && text.includes('"code":"TOO_BUSY"'));
}

/** Errors of a connection that was not opened, so that nothing was sent. */
const NOT_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];

function isNotConnected(error: unknown): boolean {
  return NOT_CONNECTED.includes(String((error as { code?: unknown }).code));
}

/** The limit of the auth server was reached, so its headers replace those of the API. */
function tooManyRequests(headers: Headers): Problem {
  const seconds = headers.get('retry-after') ?? headers.get('x-retry-after') ?? '10';
  const names = ['ratelimit', 'ratelimit-policy'];
  const limit = names.map((name): [string, string | null] => [name, headers.get(name)]);
  return new Problem('too_many_requests', {
    headers: {
      'retry-after': seconds,
      ...Object.fromEntries(limit.filter(([, value]) => value !== null)),
    },
  });
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text || '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    throw new Problem('auth_server_failed', { cause: error });
  }
}
