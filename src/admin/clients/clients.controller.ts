import {
  Body,
  Controller,
  Delete,
  Get,
  Inject,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Res,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type ClientKeys, clientKeysSchema } from './client-keys.schemas';
import {
  type Client,
  type ClientPage,
  clientPageSchema,
  clientSchema,
  type ClientSecret,
  clientSecretSchema,
  type CreateClient,
  createClientSchema,
  type ListClients,
  listClientsSchema,
  type NewClient,
  newClientSchema,
  type UpdateClient,
  updateClientSchema,
} from './clients.schemas';
import { ClientsService } from './clients.service';
import { type UserActor, CurrentUserActor } from '../../auth/principal/current-actor.decorator';
import { AUTH_SERVER_PROBLEMS } from '../../auth-proxy/auth-server.client';
import { Roles } from '../../auth/roles.decorator';
import { Conditional, ETAG_HEADER } from '../../common/openapi/conditional.decorator';
import { Endpoint } from '../../common/openapi/endpoint.decorator';
import { Idempotent } from '../../common/openapi/idempotent.decorator';
import { linkNextPage, NEXT_LINK } from '../../common/pagination/pages';
import { idParameter } from '../../common/validation/schemas';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';
import { toEntityTag } from '../../http/entity-tag';
import { type Preconditions, RequestPreconditions } from '../../http/request/preconditions';

/** Manages OAuth clients. For administrators only: a service account cannot create a client. */
@ApiTags('Admin')
@Roles('admin')
@Controller({ path: 'admin/clients', version: '1' })
export class ClientsController {
  constructor(
    private readonly clients: ClientsService,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  @Get()
  @Endpoint({
    summary: 'List OAuth clients',
    description: 'Newest first. Pages follow each other by `nextCursor` or `Link`.',
    operationId: 'listClients',
    answers: {
      200: {
        description: 'One page of clients',
        schema: clientPageSchema,
        headers: NEXT_LINK,
      },
    },
  })
  async listClients(
    @Query({ schema: listClientsSchema }) query: ListClients,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClientPage> {
    const page = await this.clients.listClients(query);
    return linkNextPage(page, { reply, apiUrl: this.settings.apiUrl });
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Register an OAuth client',
    description:
      'Only this answer contains the secret of a confidential client or a service account.',
    operationId: 'createClient',
    answers: {
      201: {
        description: 'The new client',
        schema: newClientSchema,
        headers: {
          ...ETAG_HEADER,
          Location: { description: 'URL of the client', schema: { type: 'string' } },
        },
      },
    },
    problems: AUTH_SERVER_PROBLEMS,
  })
  async createClient(
    @CurrentUserActor() actor: UserActor,
    @Body({ schema: createClientSchema }) body: CreateClient,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewClient> {
    const { client, secret } = await this.clients.createClient(actor, body);
    const location = `${this.settings.apiUrl}/api/v1/admin/clients/${client.clientId}`;
    void reply.headers({ location, etag: toEntityTag(client) });
    return { ...client, ...secret };
  }

  @Get(':clientId')
  @Conditional()
  @Endpoint({
    summary: 'Read an OAuth client',
    operationId: 'getClient',
    answers: { 200: { description: 'The client', schema: clientSchema } },
    problems: ['not_found'],
  })
  getClient(@Param('clientId', { schema: idParameter }) clientId: string): Promise<Client> {
    return this.clients.getClient(clientId);
  }

  @Patch(':clientId')
  @Conditional()
  @Endpoint({
    summary: 'Change an OAuth client',
    description:
      'A disabled client and removed scopes apply to the next request with any of its tokens.',
    operationId: 'updateClient',
    answers: { 200: { description: 'The client after the change', schema: clientSchema } },
    problems: ['not_found', 'built_in_client'],
  })
  updateClient(
    @CurrentUserActor() actor: UserActor,
    @Param('clientId', { schema: idParameter }) clientId: string,
    @Body({ schema: updateClientSchema }) change: UpdateClient,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Client> {
    return this.clients.updateClient(actor, { clientId, change, preconditions });
  }

  @Delete(':clientId')
  @Conditional()
  @Endpoint({
    summary: 'Delete an OAuth client',
    description: 'Its tokens are refused at once, and the consents of users are deleted.',
    operationId: 'deleteClient',
    answers: { 204: { description: 'Deleted' } },
    problems: ['not_found', 'built_in_client'],
  })
  deleteClient(
    @CurrentUserActor() actor: UserActor,
    @Param('clientId', { schema: idParameter }) clientId: string,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    return this.clients.deleteClient(actor, { clientId, preconditions });
  }

  @Post(':clientId/secret')
  @Idempotent()
  @Endpoint({
    summary: 'Create a new secret for an OAuth client',
    description: 'The old secret is refused from now on. Issued access tokens remain valid.',
    operationId: 'rotateClientSecret',
    answers: { 200: { description: 'The new secret', schema: clientSecretSchema } },
    problems: ['not_found', 'no_client_secret', ...AUTH_SERVER_PROBLEMS],
  })
  rotateSecret(
    @CurrentUserActor() actor: UserActor,
    @Param('clientId', { schema: idParameter }) clientId: string,
  ): Promise<ClientSecret> {
    return this.clients.rotateSecret(actor, clientId);
  }

  @Put(':clientId/keys')
  @Conditional()
  @Endpoint({
    summary: 'Replace the public keys of an OAuth client',
    description: 'For a client that was registered with keys. A removed key is refused at once.',
    operationId: 'replaceClientKeys',
    answers: { 200: { description: 'The client after the change', schema: clientSchema } },
    problems: ['not_found', ...AUTH_SERVER_PROBLEMS],
  })
  replaceKeys(
    @CurrentUserActor() actor: UserActor,
    @Param('clientId', { schema: idParameter }) clientId: string,
    @Body({ schema: clientKeysSchema }) jwks: ClientKeys,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Client> {
    return this.clients.replaceKeys(actor, { clientId, jwks, preconditions });
  }
}
