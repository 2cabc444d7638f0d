import { Inject, Injectable } from '@nestjs/common';
import { type BasicCredentials, type IntrospectionForm } from './introspection-form';
import { ProvedClients } from './proved-clients';
import { INACTIVE, reportToken, type TokenReport } from './token-report';
import { AuthServerClient, type ReceivedAnswer } from '../auth-server.client';
import type { KnownClient } from '../../auth/live-access/access-state';
import { SessionAccess } from '../../auth/live-access/session-access';
import { ResourceTokens } from '../../auth/token/resource-tokens';
import type { CallerContext } from '../../http/request/caller-context';
import { INTROSPECTION_PATH, INTROSPECTION_TOKEN_PATH } from '../../../contract';
import { Problem } from '../../common/problems/problem';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';

export interface IntrospectionRequest {
  form: IntrospectionForm;
  /** `null`: the client authenticates in another way, or not at all. */
  credentials: BasicCredentials | null;
  /** For the auth server. */
  headers: { authorization?: string; contentType?: string };
  caller: CallerContext;
}

/** The answer to an authenticated client, or the one of the auth server as it is. */
export type IntrospectionAnswer =
  { report: TokenReport; clientId: string } | { report: null; answer: ReceivedAnswer };

/**
 * Introspection (RFC 7662; docs/decisions/0011-introspection-by-the-api.md). The server of a
 * resource gets the state of every token for it, from the state that live access knows. Other
 * tokens and unproved clients go to the auth server, which also answers about a client's own
 * tokens.
 */
@Injectable()
export class IntrospectionService {
  private readonly proved = new ProvedClients();

  constructor(
    private readonly access: SessionAccess,
    private readonly tokens: ResourceTokens,
    private readonly authServer: AuthServerClient,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** @throws {Problem} `auth_server_unavailable`, `database_unavailable`, `keys_unavailable` */
  async introspect(request: IntrospectionRequest): Promise<IntrospectionAnswer> {
    const { credentials, form } = request;
    const known = credentials && (await this.access.findClient(credentials.clientId));
    if (known && credentials && this.proved.has(known, credentials) && form.token !== null) {
      const report = await this.describe(form.token, known);
      if (report) return { report, clientId: credentials.clientId };
    }
    return this.askAuthServer(request, known);
  }

  /** Signs a report for the client (RFC 9701, section 5). */
  async sign(
    { report, clientId }: { report: TokenReport; clientId: string },
    caller: CallerContext,
  ): Promise<string> {
    const { body } = await this.authServer.call({
      method: 'POST',
      path: INTROSPECTION_TOKEN_PATH,
      body: { report },
      clientId,
      caller,
    });
    if (typeof body.token !== 'string') throw new Problem('auth_server_failed');
    return body.token;
  }

  private async askAuthServer(
    { form, credentials, headers, caller }: IntrospectionRequest,
    known: KnownClient | null,
  ): Promise<IntrospectionAnswer> {
    const answer = await this.authServer.sendForm({
      path: INTROSPECTION_PATH,
      form: form.body,
      headers,
      caller,
    });
    const clientId = credentials?.clientId ?? form.assertedClientId;
    if (answer.status !== 200 || clientId === null) return { report: null, answer };
    // An assertion is valid once, so each one is the auth server's to check.
    if (known && credentials) this.proved.add(known, credentials);
    const client = await this.access.loadClient(clientId);
    const own = form.token !== null && client ? await this.describe(form.token, client) : null;
    return { report: own ?? (JSON.parse(answer.text) as TokenReport), clientId };
  }

  /** @returns `null`: the token is not for a resource of the client. */
  private async describe(token: string, client: KnownClient): Promise<TokenReport | null> {
    if (client.disabled || client.resources.length === 0) return null;
    const verified = await this.tokens.verify(token);
    const resource = client.resources.find(({ identifier }) => identifier === verified?.aud);
    // The tokens of this API are the auth server's to describe.
    if (!verified || !resource || verified.aud === this.settings.jwtAudience) return null;
    if (verified.claims.clientId === null) return INACTIVE;
    return reportToken(verified, { state: await this.access.inspect(verified.claims), resource });
  }
}
