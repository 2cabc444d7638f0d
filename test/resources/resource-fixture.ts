import type { NewClient } from '../../src/admin/clients/clients.schemas';
import type { Resource } from '../../src/admin/resources/resources.schemas';
import type { Browser } from '../oauth/browser';
import { basic, OAuthStage } from '../oauth/stage';
import type { Answer } from '../support/caller';

export const RESOURCES = '/api/v1/admin/resources';

export interface Report {
  status: number;
  text: string;
  body: Record<string, unknown>;
  headers: Headers;
}

interface Asking {
  by?: NewClient;
  /** Instead of a secret. */
  proof?: Record<string, string>;
  accept?: string;
  /** Of the API that is asked. */
  url?: string;
}

/** A system, a resource server with two scopes, and a client that may be granted them. */
export class ResourceFixture {
  private constructor(
    readonly stage: OAuthStage,
    readonly browser: Browser,
    /** The client of the resource server. */
    readonly server: NewClient,
  ) {}

  static async start(): Promise<ResourceFixture> {
    const stage = await OAuthStage.start();
    const { browser } = await stage.user();
    return new ResourceFixture(stage, browser, await stage.register({ type: 'machine' }));
  }

  create(body: object): Promise<Answer<Resource>> {
    return this.stage.clients.post<Resource>(RESOURCES, body);
  }

  /** A resource with the scopes `<name>:read` and `<name>:write`, and its server. */
  async open(name: string, given: object = {}): Promise<Resource> {
    const answer = await this.create({
      identifier: `https://${name}.example.com`,
      name,
      scopes: [
        { name: `${name}:read`, description: `see your ${name}` },
        { name: `${name}:write`, description: `change your ${name}` },
      ],
      clients: [this.server.clientId],
      ...given,
    });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  }

  /** A public client with the scopes. */
  client(...scopes: string[]): Promise<NewClient> {
    return this.stage.register({
      type: 'public',
      scopes: ['openid', 'offline_access', ...scopes],
    });
  }

  /** Asks an API about a token. */
  async introspect(token: string, asking: Asking = {}): Promise<Report> {
    const { by = this.server, proof, accept, url = this.stage.system.apiUrl } = asking;
    const response = await fetch(`${url}/api/auth/oauth2/introspect`, {
      method: 'POST',
      body: new URLSearchParams({ token, ...proof }),
      headers: {
        ...(!proof && { authorization: basic(by) }),
        ...(accept !== undefined && { accept }),
      },
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const body = isJson ? (JSON.parse(text) as Report['body']) : {};
    return { status: response.status, text, body, headers: response.headers };
  }

  async isActive(token: string, asking?: Asking): Promise<unknown> {
    return (await this.introspect(token, asking)).body.active;
  }
}
