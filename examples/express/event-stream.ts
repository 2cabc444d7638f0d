import { setTimeout as sleep } from 'node:timers/promises';
import { type EventData, MEMORY_SECONDS } from './ended-access';

/** A connection that is silent for this time is closed. */
const SILENCE_MS = 5_000;

const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 2_000;
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
    let pause = SHORTEST_PAUSE_MS;
    while (!signal.aborted) {
      const began = performance.now();
      await this.readStream(signal).catch((error: unknown) => {
        if (!signal.aborted) report(error);
      });
      const wasOpen = performance.now() - began > SILENCE_MS;
      pause = wasOpen ? SHORTEST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
      // Not all readers of a replica that has stopped connect at the same moment.
      const wait = pause * (0.5 + Math.random() / 2);
      await sleep(wait, undefined, { signal }).catch(() => {});
    }
  }

  private async readStream(signal: AbortSignal): Promise<void> {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const response = await this.openStream(AbortSignal.any([signal, silence.signal]));
      const text = new TextDecoder();
      let line = '';
      const fields = new Map<string, string>();
      for await (const chunk of response.body!) {
        timer.refresh();
        const lines = (line + text.decode(chunk as Uint8Array, { stream: true })).split('\n');
        line = lines.pop()!;
        if (line.length > LONGEST_LINE) throw new Error('a line is too long');
        for (const complete of lines) this.takeLine(complete, fields);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private async openStream(signal: AbortSignal): Promise<Response> {
    const authorization = `Bearer ${await this.fetchToken(signal)}`;
    const position = this.lastEventId === null ? {} : { 'last-event-id': this.lastEventId };
    const headers = { authorization, accept: 'text/event-stream', ...position };
    const url = `${this.settings.apiUrl}/api/v1/access-events?replay=${MEMORY_SECONDS}`;
    return succeed(await fetch(url, { headers, signal }));
  }

  private async fetchToken(signal: AbortSignal): Promise<string> {
    const { clientId, clientSecret, tokenUrl } = this.settings;
    const secret = [clientId, clientSecret].map(encodeURIComponent).join(':');
    const headers = { authorization: `Basic ${Buffer.from(secret).toString('base64')}` };
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'access-events:read',
    });
    const response = await succeed(
      await fetch(tokenUrl, { method: 'POST', headers, body, signal }),
    );
    return ((await response.json()) as { access_token: string }).access_token;
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

async function succeed(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
}
