import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { generateKeyPair, exportJWK } from 'jose';
import { Provider } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import { reservePorts } from '../support/ports';

/** A user at the provider, with the provider's claims. */
export interface Person {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
  [claim: string]: unknown;
}

/** The part of the provider's context that a grant needs. */
interface GrantContext {
  oidc: {
    provider: {
      Grant: new (of: object) => { addOIDCScope(scope: string): void; save(): Promise<string> };
    };
    client: { clientId: string };
    session: { accountId: string };
  };
}

/** The provider warns about its development keys, which this test uses. */
class TestAdapter extends MemoryAdapter {}

type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

const CLIENT = { id: 'gatehouse', secret: 'a secret of/the:client 100%' };

/** A real OpenID Connect provider on loopback, whose sign-in page knows its user. */
export class OpenIdProvider {
  /** The next user who signs in; `null`: the user declines. */
  person: Person | null = null;
  /** Responds instead of the provider when it returns `true`. */
  fault: Fault = () => false;
  readonly requests: string[] = [];
  private readonly people = new Map<string, Person>();
  private readonly provider: Provider;
  private readonly server: Server;

  private constructor(
    readonly issuer: string,
    client: { redirectUri: string; key: object },
  ) {
    this.provider = new Provider(issuer, this.configuration(client));
    const answer = this.provider.callback();
    this.server = createServer((request, response) => {
      this.requests.push(`${request.method} ${request.url?.split('?', 1)[0]}`);
      if (this.fault(request, response)) return;
      if (request.url?.startsWith('/interaction/')) void this.interact(request, response);
      else void answer(request, response);
    });
  }

  /** A provider for one system. @returns it with the settings of the system. */
  static async startForSystem() {
    const [providerPort, authPort] = await reservePorts(2);
    const provider = await OpenIdProvider.start(providerPort!, `http://localhost:${authPort}`);
    const env = {
      AUTH_PORT: String(authPort),
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
    };
    return { provider, env };
  }

  private static async start(port: number, authUrl: string): Promise<OpenIdProvider> {
    const redirectUri = `${authUrl}/api/auth/callback/oidc`;
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' };
    const provider = new OpenIdProvider(`http://127.0.0.1:${port}`, { redirectUri, key });
    provider.server.listen(port, '127.0.0.1');
    await once(provider.server, 'listening');
    return provider;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private configuration({ redirectUri, key }: { redirectUri: string; key: object }) {
    const { people } = this;
    return {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [redirectUri],
          grant_types: ['authorization_code'],
          response_types: ['code' as const],
        },
      ],
      claims: { email: ['email', 'email_verified'], profile: ['name', 'picture', 'role'] },
      adapter: TestAdapter,
      jwks: { keys: [key] },
      ttl: { Interaction: 60, Grant: 60, Session: 60, AccessToken: 60, IdToken: 60 },
      cookies: { keys: ['a key of the provider in a test'] },
      features: { devInteractions: { enabled: false } },
      pkce: { required: () => true },
      interactions: {
        url: (_ctx: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}`,
      },
      findAccount: (_ctx: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ ...people.get(id), sub: id }),
      }),
      loadExistingGrant: async (ctx: GrantContext) => {
        const grant = new ctx.oidc.provider.Grant({
          clientId: ctx.oidc.client.clientId,
          accountId: ctx.oidc.session.accountId,
        });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    };
  }

  private async interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { person } = this;
    if (person) this.people.set(person.sub, person);
    const result = person
      ? { login: { accountId: person.sub } }
      : { error: 'access_denied', error_description: 'The person declined.' };
    await this.provider.interactionFinished(request, response, result);
  }
}
