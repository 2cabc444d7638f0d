import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import type { NewClient } from '../../src/admin/clients/clients.schemas';
import type { OAuthStage } from '../oauth/stage';

/** The payload of a security event token. */
export interface SecurityEventToken extends JWTPayload {
  txn: string;
  sub_id: Record<string, unknown>;
  events: Record<string, Record<string, unknown>>;
}

export interface StreamAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

interface PollAnswer {
  sets: Record<string, string>;
  moreAvailable: boolean;
}

const EVENT_NAME = /event-type\/(.*)$/;

/** A receiver: a service account with its token. It verifies tokens by the published keys. */
export class Receiver {
  private constructor(
    private readonly stage: OAuthStage,
    readonly client: NewClient,
    readonly token: string,
  ) {}

  static async on(stage: OAuthStage): Promise<Receiver> {
    const client = await stage.register({ type: 'machine', scopes: ['ssf:manage'] });
    const { body } = await stage.serviceAccountToken(client);
    return new Receiver(stage, client, body.access_token);
  }

  /** Calls an endpoint of the transmitter below `/api/auth/ssf`. */
  async call(method: string, path: string, body?: object): Promise<StreamAnswer> {
    const base = `${this.stage.system.settings.authUrl}/api/auth/ssf`;
    const response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    const parsed = (text === '' ? {} : JSON.parse(text)) as StreamAnswer['body'];
    return { status: response.status, headers: response.headers, body: parsed };
  }

  /** @returns the id of a new stream. */
  async createStream(body: object = {}): Promise<string> {
    const answer = await this.call('POST', '/stream', body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return String(answer.body.stream_id);
  }

  async poll(streamId: string, body: object = { returnImmediately: true }): Promise<PollAnswer> {
    const answer = await this.call('POST', `/poll/${streamId}`, body);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body as unknown as PollAnswer;
  }

  /** Polls, verifies and acknowledges. */
  async take(streamId: string): Promise<SecurityEventToken[]> {
    const { sets } = await this.poll(streamId);
    const tokens = await Promise.all(Object.values(sets).map((set) => this.verify(set)));
    await this.poll(streamId, { maxEvents: 0, ack: Object.keys(sets) });
    return tokens;
  }

  async verify(set: string): Promise<SecurityEventToken> {
    const { authUrl, jwtIssuer } = this.stage.system.settings;
    const keys = createRemoteJWKSet(new URL(`${authUrl}/api/auth/jwks`));
    const { payload } = await jwtVerify<SecurityEventToken>(set, keys, {
      issuer: jwtIssuer,
      audience: this.client.clientId,
      typ: 'secevent+jwt',
    });
    return payload;
  }
}

/** The short name of the event of a token. */
export function nameOf({ events }: SecurityEventToken): string {
  return EVENT_NAME.exec(Object.keys(events)[0]!)![1]!;
}
