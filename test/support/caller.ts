/** A response as a client sees it. */
export interface Answer<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  /** Parsed JSON, or the text when it is not JSON; the test decides its type. */
  body: Body;
}

type Json = Record<string, unknown>;

export interface CallOptions {
  /** Text and bytes are sent unchanged, other values as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Calls one base URL as one client. */
export class Caller {
  constructor(
    readonly baseUrl: string,
    readonly accessToken?: string,
  ) {}

  /** The same client at another base URL, for example of a replica. */
  at(baseUrl: string): Caller {
    return new Caller(baseUrl, this.accessToken);
  }

  get<Body = Json>(path: string, headers?: Record<string, string>): Promise<Answer<Body>> {
    return this.call<Body>('GET', path, { headers });
  }

  post<Body = Json>(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>> {
    return this.call<Body>('POST', path, { body, headers });
  }

  put<Body = Json>(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>> {
    return this.call<Body>('PUT', path, { body, headers });
  }

  patch<Body = Json>(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>> {
    return this.call<Body>('PATCH', path, { body, headers });
  }

  delete<Body = Json>(path: string, headers?: Record<string, string>): Promise<Answer<Body>> {
    return this.call<Body>('DELETE', path, { headers });
  }

  async call<Body = Json>(
    method: string,
    path: string,
    { body, headers }: CallOptions = {},
  ): Promise<Answer<Body>> {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(this.baseUrl + path, {
      method,
      redirect: 'manual',
      body: body === undefined || isRaw ? (body as string | undefined) : JSON.stringify(body),
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(this.accessToken && { authorization: `Bearer ${this.accessToken}` }),
        ...headers,
      },
    });
    const parsed = parse(await response.text()) as Body;
    return { status: response.status, headers: response.headers, body: parsed };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
