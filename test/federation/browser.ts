/** Where a chain of redirects ended. */
export interface Arrival {
  /** URL of the last response, or of the redirect that was not followed. */
  url: URL;
  /** `null` when the redirect was not followed. */
  status: number | null;
  body: string;
}

/**
 * A browser without a screen. It keeps the cookies of each host (without the port, RFC 6265,
 * section 8.5), follows redirects and sends the origin of its page.
 */
export class Browser {
  private readonly jars = new Map<string, Map<string, string>>();

  constructor(readonly origin: string) {}

  /** Follows redirects until `stop` returns true or a response is not a redirect. */
  async visit(address: string | URL, stop: (url: URL) => boolean = () => false): Promise<Arrival> {
    let url = new URL(address);
    for (let hop = 0; hop < 20; hop += 1) {
      if (stop(url)) return { url, status: null, body: '' };
      const response = await this.fetch(url, { redirect: 'manual' });
      const location = response.headers.get('location');
      const body = await response.text();
      if (response.status < 300 || response.status > 399 || location === null) {
        return { url, status: response.status, body };
      }
      url = new URL(location, url);
    }
    throw new Error(`too many redirects: ${url.href}`);
  }

  async post(url: string, body: object = {}): Promise<Response> {
    return this.fetch(new URL(url), {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: this.origin },
      redirect: 'manual',
    });
  }

  async get(url: string): Promise<Response> {
    return this.fetch(new URL(url), { redirect: 'manual' });
  }

  /** For a host name; cookies that a test sets are sent too. */
  cookiesOf(hostname: string): Map<string, string> {
    const jar = this.jars.get(hostname) ?? new Map<string, string>();
    this.jars.set(hostname, jar);
    return jar;
  }

  private async fetch(url: URL, init: RequestInit): Promise<Response> {
    const jar = this.cookiesOf(url.hostname);
    const headers = new Headers(init.headers);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    if (cookie) headers.set('cookie', cookie);
    const response = await fetch(url, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0\b|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }
}
