import { setTimeout as sleep } from 'node:timers/promises';
import { type EventData, LEASE_SECONDS, MEMORY_SECONDS } from './ended-access';

/** A connection that is silent for this time is closed: it is not current either. */
const SILENCE_MS = LEASE_SECONDS * 1_000;
const LONGEST_LINE = 1_000_000;

export interface StreamSettings {
  apiUrl: string;
  tokenUrl: string;
  /** A service account with the scope `access-events:read`. */
  clientId: string;
  clientSecret: string;
}

/** Reads access events. After an interruption it continues at the last event. */
export class EventStream {
  private lastEventId: string | null = null;

  constructor(
    private readonly settings: StreamSettings,
    private readonly take: (kind: string, data: EventData) => void,
  ) {}

  /** Reads the stream, and connects again, until the signal is aborted. */
  async follow(signal: AbortSignal, report: (error: unknown) => void = () => {}): Promise<void> {
    while (!signal.aborted) {
      await this.readStream(signal).catch((error: unknown) => {
        if (!signal.aborted) report(error);
      });
      // Not all readers of a replica that has stopped connect at the same moment.
      await sleep(250 + Math.random() * 1_250, undefined, { signal }).catch(() => {});
    }
  }

  private async readStream(signal: AbortSignal): Promise<void> {
    const form = { grant_type: 'client_credentials', scope: 'access-events:read' };
    const answer = await postForm(this.settings, this.settings.tokenUrl, form);
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const response = await this.open(
        String(answer.access_token),
        AbortSignal.any([signal, silence.signal]),
      );
      const text = new TextDecoder();
      const fields = new Map<string, string>();
      let rest = '';
      for await (const chunk of response.body!) {
        timer.refresh();
        const lines = (rest + text.decode(chunk as Uint8Array, { stream: true })).split('\n');
        rest = lines.pop()!;
        if (rest.length > LONGEST_LINE) throw new Error('a line is too long');
        for (const line of lines) this.takeLine(line, fields);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private async open(token: string, signal: AbortSignal): Promise<Response> {
    const position = this.lastEventId === null ? {} : { 'last-event-id': this.lastEventId };
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...position };
    const url = `${this.settings.apiUrl}/api/v1/access-events?replay=${MEMORY_SECONDS}`;
    return succeed(await fetch(url, { headers, signal }));
  }

  /** Fields are collected until an empty line ends the event (HTML, section 9.2.6). */
  private takeLine(line: string, fields: Map<string, string>): void {
    const colon = line.indexOf(': ');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
    if (line !== '') return;
    const data = fields.get('data');
    if (data !== undefined) this.take(fields.get('event') ?? '', JSON.parse(data) as EventData);
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    fields.clear();
  }
}

/** Asks the authorization server as its client. @throws when there is no answer. */
export async function postForm(
  { clientId, clientSecret }: StreamSettings,
  url: string,
  form: Record<string, string>,
): Promise<Record<string, unknown>> {
  const secret = [clientId, clientSecret].map(encodeURIComponent).join(':');
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(secret).toString('base64')}` },
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(SILENCE_MS),
  });
  return (await succeed(response)).json() as Promise<Record<string, unknown>>;
}

async function succeed(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
}
