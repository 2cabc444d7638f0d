const EVENT_STREAM = 'text/event-stream';

/** No route may need as long: a request without an answer until then counts as one without end. */
const CALL_LIMIT_MS = 30_000;

/** The outcome of one request. */
export interface Outcome {
  kind: string;
  /** 0 when the connection ended without an answer. */
  status: number;
  /** Of the answer, or the reason why there is none. */
  code: string;
  hasRetryAfter: boolean;
  /** Begin, on the clock of `performance.now()`. */
  begin: number;
  ms: number;
  /** The JSON of the answer; empty for other answers. */
  body: Record<string, unknown>;
  /** Target of a redirect. */
  location: string | null;
}

export interface Call {
  method?: string;
  url: string;
  token?: string;
  authorization?: string;
  body?: object;
  /** Sent as a form, in place of `body`. */
  form?: Record<string, string>;
  /** Media type; `text/event-stream` opens a stream, of which one part is read. */
  accept?: string;
  requestId?: string;
  /** Keeps the cookies of a browser. */
  fetch?: typeof fetch;
}

/** Sends a request and describes its outcome; never throws. */
export async function measure(kind: string, call: Call): Promise<Outcome> {
  const begin = performance.now();
  const empty = { kind, begin, hasRetryAfter: false, body: {}, location: null };
  try {
    const response = await send(call);
    const body = await readBody(response, call);
    const { status, headers } = response;
    const code = [body.code, body.error].find((value) => typeof value === 'string') ?? '';
    const hasRetryAfter = headers.has('retry-after');
    const ms = performance.now() - begin;
    return {
      kind,
      status,
      code,
      hasRetryAfter,
      begin,
      ms,
      body,
      location: targetOf(headers, body),
    };
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    return { ...empty, status: 0, code: String(cause ?? error), ms: performance.now() - begin };
  }
}

/** A browser gets a redirect, and a script the URL. */
function targetOf(headers: Headers, { url }: Outcome['body']): string | null {
  return headers.get('location') ?? (typeof url === 'string' ? url : null);
}

export function send(call: Call, signal = AbortSignal.timeout(CALL_LIMIT_MS)): Promise<Response> {
  const { method, url, token, authorization, body, form, accept, requestId } = call;
  return (call.fetch ?? fetch)(url, {
    method: method ?? (body || form ? 'POST' : 'GET'),
    headers: {
      origin: new URL(url).origin,
      ...(body && { 'content-type': 'application/json' }),
      ...(authorization && { authorization }),
      ...(accept && { accept }),
      ...(requestId && { 'x-request-id': requestId }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: form ? new URLSearchParams(form) : body && JSON.stringify(body),
    redirect: 'manual',
    signal,
  });
}

async function readBody(response: Response, call: Call): Promise<Record<string, unknown>> {
  if (call.accept !== EVENT_STREAM || !response.ok) {
    const text = await response.text();
    return parse(text) ?? {};
  }
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  return {};
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
