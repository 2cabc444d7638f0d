/** One server-sent event as a reader parses it. */
export interface StreamEvent {
  kind: string;
  /** Of the place after it; `null`: it has none. */
  id: string | null;
  data: Record<string, unknown>;
}

export interface StreamOptions {
  url: string;
  token: string;
  lastEventId?: string;
  /** Seconds of kept events that come first. */
  replay?: number;
}

/** A reader of the stream of access events. */
export class EventStream {
  readonly events: StreamEvent[] = [];
  lastEventId: string | null = null;
  hasEnded = false;
  private readonly closing = new AbortController();
  private finished: Promise<void> = Promise.resolve();

  /** Connects, and reads until the server or {@link close} ends it. */
  static async open(options: StreamOptions): Promise<EventStream> {
    const stream = new EventStream();
    const response = await fetch(
      `${options.url}/api/v1/access-events?replay=${options.replay ?? 0}`,
      {
        headers: {
          accept: 'text/event-stream',
          authorization: `Bearer ${options.token}`,
          ...(options.lastEventId !== undefined && { 'last-event-id': options.lastEventId }),
        },
        signal: stream.closing.signal,
      },
    );
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    stream.finished = stream.read(response.body!).catch(() => {});
    return stream;
  }

  /**
   * Events that say what changed, not that the stream is current. An event that comes again is
   * left out, as in a backend.
   */
  get changes(): StreamEvent[] {
    const seen = new Set<unknown>();
    return this.events.filter(({ kind, data }) => {
      if (kind === 'current' || seen.has(data.eventId)) return false;
      if (data.eventId !== undefined) seen.add(data.eventId);
      return true;
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.finished;
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of body) {
        text += decoder.decode(chunk, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop()!;
        for (const block of blocks) this.take(parseEvent(block));
      }
    } finally {
      this.hasEnded = true;
    }
  }

  private take(event: StreamEvent | null): void {
    if (event === null) return;
    this.events.push(event);
    if (event.id !== null) this.lastEventId = event.id;
  }
}

/** @returns `null` for a comment, and for a block without data. */
function parseEvent(block: string): StreamEvent | null {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)] as const;
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return null;
  return {
    kind: fields.get('event')!,
    id: fields.get('id') ?? null,
    data: JSON.parse(data) as StreamEvent['data'],
  };
}
