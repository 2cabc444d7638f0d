const SIMPLE_METHODS = ['GET', 'HEAD', 'POST'];
const SIMPLE_TYPES = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'];
const SIMPLE_HEADERS = ['accept', 'accept-language', 'content-language', 'content-type', 'range'];
/** Libraries set it outside browsers only. */
const NOT_IN_BROWSERS = 'user-agent';

/**
 * A page of one origin in a browser: its `fetch` sends preflights and cookies, and hides responses,
 * by the rules of the Fetch standard (https://fetch.spec.whatwg.org/#http-cors-protocol). All hosts
 * are on one site.
 */
export class Page {
  /** Of each origin. */
  private readonly cookies = new Map<string, Map<string, string>>();

  constructor(readonly origin: string) {}

  /** Replaces the global `fetch` while the code of the page runs. */
  async run<Result>(code: () => Promise<Result>): Promise<Result> {
    const real = globalThis.fetch;
    globalThis.fetch = (input, init) => {
      const request = new Request(input, init);
      request.headers.delete(NOT_IN_BROWSERS);
      return this.request(request, real);
    };
    try {
      return await code();
    } finally {
      globalThis.fetch = real;
    }
  }

  private async request(request: Request, send: typeof fetch): Promise<Response> {
    const { origin: target } = new URL(request.url);
    const isCredentialed = request.credentials === 'include';
    if (needsPreflight(request)) await this.askFirst(request, { send, isCredentialed });
    const headers = new Headers(request.headers);
    headers.set('origin', this.origin);
    headers.set('sec-fetch-site', 'same-site');
    headers.set('sec-fetch-mode', 'cors');
    if (isCredentialed) this.addCookies(headers, target);
    const body = request.body === null ? undefined : await request.arrayBuffer();
    const response = await send(request.url, { method: request.method, headers, body });
    if (isCredentialed) this.keepCookies(response, target);
    this.check(response, isCredentialed);
    return response;
  }

  private async askFirst(
    request: Request,
    { send, isCredentialed }: { send: typeof fetch; isCredentialed: boolean },
  ): Promise<void> {
    const names = [...request.headers.keys()].filter((name) => !isSimpleHeader(name, request));
    const answer = await send(request.url, {
      method: 'OPTIONS',
      headers: {
        origin: this.origin,
        'access-control-request-method': request.method,
        ...(names.length > 0 && { 'access-control-request-headers': names.join(',') }),
      },
    });
    this.check(answer, isCredentialed);
    const methods = listOf(answer, 'access-control-allow-methods');
    const allowed = listOf(answer, 'access-control-allow-headers');
    const isMethodAllowed = [...SIMPLE_METHODS, ...methods].includes(request.method);
    if (!answer.ok || !isMethodAllowed || names.some((name) => !allowed.includes(name))) fail();
  }

  private check({ headers }: Response, isCredentialed: boolean): void {
    const origin = headers.get('access-control-allow-origin');
    const isForAll = origin === '*' && !isCredentialed;
    if (origin !== this.origin && !isForAll) fail();
    if (isCredentialed && headers.get('access-control-allow-credentials') !== 'true') fail();
  }

  private addCookies(headers: Headers, target: string): void {
    const kept = [...(this.cookies.get(target) ?? [])];
    if (kept.length > 0) headers.set('cookie', kept.map((pair) => pair.join('=')).join('; '));
  }

  private keepCookies(response: Response, target: string): void {
    const kept = this.cookies.get(target) ?? new Map<string, string>();
    this.cookies.set(target, kept);
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) kept.delete(name);
      else kept.set(name, value);
    }
  }
}

/** A page gets no reason. */
function fail(): never {
  throw new TypeError('Failed to fetch');
}

function needsPreflight(request: Request): boolean {
  if (!SIMPLE_METHODS.includes(request.method)) return true;
  return [...request.headers.keys()].some((name) => !isSimpleHeader(name, request));
}

function isSimpleHeader(name: string, { headers }: Request): boolean {
  if (name !== 'content-type') return SIMPLE_HEADERS.includes(name);
  return SIMPLE_TYPES.includes(headers.get(name)!.split(';')[0]!.trim());
}

function listOf({ headers }: Response, name: string): string[] {
  const value = headers.get(name) ?? '';
  return value
    .split(',')
    .map((item) => (name.endsWith('headers') ? item.trim().toLowerCase() : item.trim()));
}
