import { type RawAnswer, send } from '../support/raw-http';

export interface PageAnswer {
  status: number;
  text: string;
  /** The first value of a header. */
  header(name: string): string | undefined;
  /** The target of the response: a redirect, or a page that refreshes to it. */
  location: string | undefined;
}

/** A browser without scripts: keeps cookies and sends the origin of a form. */
export class Visitor {
  readonly cookies = new Map<string, string>();

  constructor(readonly baseUrl: string) {}

  /** Opens a URL by navigation. */
  async open(address: string, headers: Record<string, string> = {}): Promise<PageAnswer> {
    return this.exchange({ path: this.pathOf(address), headers });
  }

  /** Sends a form of one of our pages. */
  async submit(
    address: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<PageAnswer> {
    const own = { origin: this.baseUrl, 'sec-fetch-site': 'same-origin' };
    return this.exchangeForm(address, fields, { ...own, ...headers });
  }

  /** Sends a form with only the given headers about its origin. */
  async exchangeForm(
    address: string,
    fields: Record<string, string>,
    headers: Record<string, string>,
  ): Promise<PageAnswer> {
    return this.exchange({
      method: 'POST',
      path: this.pathOf(address),
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  }

  /** Calls an endpoint of the auth server with the cookies. */
  async call(path: string, body: object): Promise<PageAnswer> {
    const headers = { 'content-type': 'application/json', origin: this.baseUrl };
    const text = JSON.stringify(body);
    return this.exchange({ method: 'POST', path: `/api/auth${path}`, body: text, headers });
  }

  /** Opens a page, to get cookies, and sends its form. */
  async fillIn(address: string, fields: Record<string, string>): Promise<PageAnswer> {
    await this.open(address);
    return this.submit(address, fields);
  }

  /** The link in the newest mail of the development mailbox; empty without one. */
  async newestLink(): Promise<string> {
    const { text } = await this.open('/dev/mailbox', { accept: 'application/json' });
    const { items } = JSON.parse(text) as { items: { text: string }[] };
    return /http:\S+/.exec(items[0]?.text ?? '')?.[0] ?? '';
  }

  private pathOf(address: string): string {
    const { pathname, search } = new URL(address, this.baseUrl);
    return pathname + search;
  }

  private async exchange(request: Parameters<typeof send>[1]): Promise<PageAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send(this.baseUrl, {
      ...request,
      headers: {
        accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
        ...(cookie && { cookie }),
        ...request.headers,
      },
    });
    for (const line of answer.headers['set-cookie'] ?? []) this.keep(line);
    return toPageAnswer(answer);
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function toPageAnswer({ status, text, headers }: RawAnswer): PageAnswer {
  const refresh = /http-equiv="refresh" content="0;url=([^"]*)"/.exec(text)?.[1];
  return {
    status,
    text,
    header: (name) => headers[name]?.[0],
    location: headers['location']?.[0] ?? (refresh && unescapeHtml(refresh)),
  };
}

export function unescapeHtml(text: string): string {
  return text.replace(/&#(\d+);/g, (_match, code: string) => String.fromCharCode(Number(code)));
}
