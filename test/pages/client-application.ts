import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { System } from '../support/system';

export interface TokenAnswer {
  access_token: string;
  id_token: string;
}

/** An application on another site that uses the auth server for its sign-in. */
export class ClientApplication {
  /** Received callbacks, newest last. */
  readonly callbacks: URL[] = [];
  private verifier = '';

  private constructor(
    private readonly system: System,
    private readonly server: Server,
    readonly clientId: string,
  ) {}

  static async start(system: System, { name = 'Photo Printer' } = {}): Promise<ClientApplication> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const admin = await system.asAdmin();
    const redirectUris = [redirectUriOf(server)];
    const body = { name, type: 'public', redirectUris };
    const answer = await admin.caller.post<{ clientId: string }>('/api/v1/admin/clients', body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    const application = new ClientApplication(system, server, answer.body.clientId);
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', redirectUriOf(server));
      if (url.pathname === '/callback') application.callbacks.push(url);
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(
        '<!doctype html><html lang="en"><title>Application</title><h1>Welcome back</h1>',
      );
    });
    return application;
  }

  get redirectUri(): string {
    return redirectUriOf(this.server);
  }

  /** The URL to which it redirects users. */
  authorizationRequest(changes: Record<string, string> = {}): string {
    this.verifier = randomBytes(32).toString('base64url');
    const url = new URL(`${this.system.settings.authUrl}/api/auth/oauth2/authorize`);
    const parameters = {
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      scope: 'openid profile email offline_access',
      state: 'state & <state>',
      resource: this.system.settings.jwtAudience,
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changes,
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  /** Exchanges the code of a callback. */
  async exchange(callback: URL): Promise<TokenAnswer> {
    const response = await fetch(`${this.system.settings.authUrl}/api/auth/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? '',
        code_verifier: this.verifier,
        redirect_uri: this.redirectUri,
        client_id: this.clientId,
      }),
    });
    const body = (await response.json()) as TokenAnswer;
    if (response.status !== 200) throw new Error(JSON.stringify(body));
    return body;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

function redirectUriOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
}
