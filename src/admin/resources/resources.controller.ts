import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  type CreateResource,
  createResourceSchema,
  type ListResources,
  listResourcesSchema,
  type Resource,
  type ResourcePage,
  resourcePageSchema,
  resourceSchema,
  type UpdateResource,
  updateResourceSchema,
} from './resources.schemas';
import { ResourcesService } from './resources.service';
import { type UserActor, CurrentUserActor } from '../../auth/principal/current-actor.decorator';
import { Roles } from '../../auth/roles.decorator';
import { Endpoint } from '../../common/openapi/endpoint.decorator';
import { Idempotent } from '../../common/openapi/idempotent.decorator';
import { linkNextPage, NEXT_LINK } from '../../common/pagination/pages';
import { idParameter } from '../../common/validation/schemas';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';
import { toEntityTag } from '../../http/entity-tag';

const ETAG = {
  ETag: { description: 'Send it as If-Match with a change', schema: { type: 'string' } },
} as const;

/** Manages resources (RFC 8707). For administrators only. */
@ApiTags('Admin')
@Roles('admin')
@Controller({ path: 'admin/resources', version: '1' })
export class ResourcesController {
  constructor(
    private readonly resources: ResourcesService,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  @Get()
  @Endpoint({
    summary: 'List resources',
    description:
      'The audiences of tokens: this API and the registered resource servers. Newest ' +
      'first. Pages follow each other by `nextCursor` or `Link`.',
    operationId: 'listResources',
    answers: {
      200: { description: 'One page of resources', schema: resourcePageSchema, headers: NEXT_LINK },
    },
  })
  async listResources(
    @Query({ schema: listResourcesSchema }) query: ListResources,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResourcePage> {
    const page = await this.resources.listResources(query);
    return linkNextPage(page, { reply, apiUrl: this.settings.apiUrl });
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Register a resource',
    description:
      'Another backend that accepts tokens of this server. Clients can have its scopes from now on.',
    operationId: 'createResource',
    answers: {
      201: {
        description: 'The new resource',
        schema: resourceSchema,
        headers: {
          ...ETAG,
          Location: { description: 'URL of the resource', schema: { type: 'string' } },
        },
      },
    },
    problems: ['resource_exists', 'scope_taken'],
  })
  async createResource(
    @CurrentUserActor() actor: UserActor,
    @Body({ schema: createResourceSchema }) body: CreateResource,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Resource> {
    const resource = await this.resources.createResource(actor, body);
    const { apiUrl } = this.settings;
    void reply.header('location', `${apiUrl}/api/v1/admin/resources/${resource.id}`);
    return withEntityTag(resource, reply);
  }

  @Get(':resourceId')
  @Endpoint({
    summary: 'Read a resource',
    operationId: 'getResource',
    answers: { 200: { description: 'The resource', schema: resourceSchema, headers: ETAG } },
    problems: ['not_found'],
  })
  async getResource(
    @Param('resourceId', { schema: idParameter }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Resource> {
    return withEntityTag(await this.resources.getResource(id), reply);
  }

  @Patch(':resourceId')
  @ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'ETag that you read: the change is refused when the resource has changed since',
    schema: { type: 'string', example: '"m9xQ2k"' },
  })
  @Endpoint({
    summary: 'Change a resource',
    description:
      'A removed scope is removed from clients, and the consents and grants with it end at once. ' +
      'The identifier cannot be changed.',
    operationId: 'updateResource',
    answers: {
      200: { description: 'The resource after the change', schema: resourceSchema, headers: ETAG },
    },
    problems: ['not_found', 'built_in_resource', 'scope_taken', 'precondition_failed'],
  })
  async updateResource(
    @CurrentUserActor() actor: UserActor,
    @Param('resourceId', { schema: idParameter }) id: string,
    @Body({ schema: updateResourceSchema }) change: UpdateResource,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Resource> {
    const after = await this.resources.updateResource(actor, { id, change, ifMatch });
    return withEntityTag(after, reply);
  }

  @Delete(':resourceId')
  @Endpoint({
    summary: 'Delete a resource',
    description: 'Its tokens are no longer active, and its scopes are removed from clients.',
    operationId: 'deleteResource',
    answers: { 204: { description: 'Deleted' } },
    problems: ['not_found', 'built_in_resource'],
  })
  deleteResource(
    @CurrentUserActor() actor: UserActor,
    @Param('resourceId', { schema: idParameter }) id: string,
  ): Promise<void> {
    return this.resources.deleteResource(actor, id);
  }
}

function withEntityTag(resource: Resource, reply: FastifyReply): Resource {
  void reply.header('etag', toEntityTag(resource));
  return resource;
}
