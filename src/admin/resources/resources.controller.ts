import {
  Body,
  Controller,
  Delete,
  Get,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
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
import { Conditional, ETAG_HEADER } from '../../common/openapi/conditional.decorator';
import { Endpoint } from '../../common/openapi/endpoint.decorator';
import { Idempotent } from '../../common/openapi/idempotent.decorator';
import { linkNextPage, NEXT_LINK } from '../../common/pagination/pages';
import { idParameter } from '../../common/validation/schemas';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';
import { toEntityTag } from '../../http/entity-tag';
import { type Preconditions, RequestPreconditions } from '../../http/request/preconditions';

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
          ...ETAG_HEADER,
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
    const location = `${apiUrl}/api/v1/admin/resources/${resource.id}`;
    void reply.headers({ location, etag: toEntityTag(resource) });
    return resource;
  }

  @Get(':resourceId')
  @Conditional()
  @Endpoint({
    summary: 'Read a resource',
    operationId: 'getResource',
    answers: { 200: { description: 'The resource', schema: resourceSchema } },
    problems: ['not_found'],
  })
  getResource(@Param('resourceId', { schema: idParameter }) id: string): Promise<Resource> {
    return this.resources.getResource(id);
  }

  @Patch(':resourceId')
  @Conditional()
  @Endpoint({
    summary: 'Change a resource',
    description:
      'A removed scope gives nothing from then on: it is removed from clients, and the consents and grants with it end, those of many users within minutes. ' +
      'The identifier cannot be changed.',
    operationId: 'updateResource',
    answers: { 200: { description: 'The resource after the change', schema: resourceSchema } },
    problems: ['not_found', 'built_in_resource', 'scope_taken'],
  })
  updateResource(
    @CurrentUserActor() actor: UserActor,
    @Param('resourceId', { schema: idParameter }) id: string,
    @Body({ schema: updateResourceSchema }) change: UpdateResource,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Resource> {
    return this.resources.updateResource(actor, { id, change, preconditions });
  }

  @Delete(':resourceId')
  @Conditional()
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
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    return this.resources.deleteResource(actor, { id, preconditions });
  }
}
