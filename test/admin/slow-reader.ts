import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { StreamOptions } from './event-stream';

/** A reader of access events that reads nothing until it is told to. */
export class SlowReader {
  readonly eventIds: string[] = [];
  lastEventId: string | null = null;

  private constructor(private readonly response: IncomingMessage) {}

  static async open({ url, token, replay = 0 }: StreamOptions): Promise<SlowReader> {
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` };
    const path = `/api/v1/access-events?replay=${replay}`;
    const request = get(url + path, { headers, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.pause();
    return new SlowReader(response);
  }

  /** Reads what has arrived, to the end of the stream. */
  async readOn(): Promise<this> {
    let text = '';
    // The server can end the connection in the middle of an event.
    this.response.on('error', () => {});
    this.response.on('data', (chunk) => (text += String(chunk)));
    this.response.resume();
    await once(this.response, 'close');
    for (const [, eventId] of text.matchAll(/^data: \{"eventId":"(\d+)"/gm))
      this.eventIds.push(eventId!);
    for (const [, id] of text.matchAll(/^id: (.+)$/gm)) this.lastEventId = id!;
    return this;
  }
}
