import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { findParts, insertResource, replaceClients, replaceScopes } from './resources.store';
import { toResource } from './resources.mapper';
import type {
  CreateResource,
  ListResources,
  Resource,
  ResourcePage,
  UpdateResource,
} from './resources.schemas';
import { recordAuditEvent } from '../../audit/audit-trail';
import type { UserActor } from '../../auth/principal/current-actor.decorator';
import { type CursorPosition, Cursors } from '../../common/pagination/cursor';
import { readPage } from '../../common/pagination/keyset-pages';
import { Problem } from '../../common/problems/problem';
import { AUTH_BASE_PATH } from '../../../contract';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';
import { OAuthResourceEntity } from '../../database/entities/oauth-resource.entity';
import { assertPreconditions } from '../../http/entity-tag';
import type { Preconditions } from '../../http/request/preconditions';
import { ActorTransactions } from '../../users/actor-transactions';

/** This API, and the resources that administrators have registered. */
const IS_RESOURCE = `(resource.identifier = :api OR EXISTS (
  SELECT FROM oauth_resource_scope s WHERE s.resource = resource.identifier))`;

/** The resource of a change, and the state for which the change is meant. */
interface ResourceChange {
  id: string;
  preconditions: Preconditions;
}

/** Resources (RFC 8707): what tokens are for. */
@Injectable()
export class ResourcesService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly transactions: ActorTransactions,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
    private readonly cursors: Cursors,
  ) {}

  /** The newest first. */
  async listResources({ limit, cursor }: ListResources): Promise<ResourcePage> {
    const { manager } = this.dataSource;
    const query = this.queryOf(manager);
    const keyset = { list: 'resources', by: 'createdAt', direction: 'DESC', keyOf } as const;
    const { rows, nextCursor } = await readPage(
      { query, cursors: this.cursors },
      { ...keyset, limit, cursor },
    );
    return { items: await this.toResources(manager, rows), nextCursor };
  }

  /** @throws {Problem} `not_found` */
  async getResource(id: string): Promise<Resource> {
    return this.findResource(this.dataSource.manager, id);
  }

  /** @throws {Problem} `resource_exists`, `scope_taken`, `validation_failed` */
  createResource(actor: UserActor, input: CreateResource): Promise<Resource> {
    const { tokenLifetime = null, clients = [] } = input;
    assertFree(input.identifier, this.settings);
    assertLifetime(tokenLifetime, this.settings);
    const id = randomBytes(16).toString('hex');
    const resource = { ...input, id, tokenLifetime, clients, builtIn: false };
    return this.transactions.run({ actor }, async (manager) => {
      await insertResource(manager, resource);
      await replaceScopes(manager, resource);
      await replaceClients(manager, resource);
      const created = await this.findResource(manager, id);
      const subject = { type: 'resource', id } as const;
      const after = toRecorded(created);
      await recordAuditEvent(manager, { action: 'resource.created', actor, subject, after });
      return created;
    });
  }

  /**
   * @throws {Problem} `not_found`, `built_in_resource`, `scope_taken`, `precondition_failed`,
   *   `validation_failed`
   */
  updateResource(
    actor: UserActor,
    { id, change, preconditions }: ResourceChange & { change: UpdateResource },
  ): Promise<Resource> {
    assertLifetime(change.tokenLifetime, this.settings);
    return this.transactions.run({ actor }, async (manager) => {
      const before = await this.lockResource(manager, { id, preconditions });
      const { identifier, name, tokenLifetime, scopes, clients } = { ...before, ...change };
      await replaceScopes(manager, { identifier, scopes });
      await replaceClients(manager, { identifier, clients });
      const columns = { name, accessTokenTtl: tokenLifetime, updatedAt: new Date() };
      await manager.update(OAuthResourceEntity, { id }, columns);
      const after = await this.findResource(manager, id);
      await recordChange(manager, { actor, before, after });
      return after;
    });
  }

  /** @throws {Problem} `not_found`, `built_in_resource`, `precondition_failed` */
  async deleteResource(actor: UserActor, { id, preconditions }: ResourceChange): Promise<void> {
    await this.transactions.run({ actor }, async (manager) => {
      const resource = await this.lockResource(manager, { id, preconditions });
      const subject = { type: 'resource', id } as const;
      const before = toRecorded(resource);
      await recordAuditEvent(manager, { action: 'resource.deleted', actor, subject, before });
      await manager.delete(OAuthResourceEntity, { id });
    });
  }

  private queryOf(manager: EntityManager) {
    return manager
      .createQueryBuilder(OAuthResourceEntity, 'resource')
      .where(IS_RESOURCE, { api: this.settings.jwtAudience });
  }

  /** @throws {Problem} `not_found`, `built_in_resource`, `precondition_failed` */
  private async lockResource(
    manager: EntityManager,
    { id, preconditions }: ResourceChange,
  ): Promise<Resource> {
    const resource = await this.findResource(manager, id, { lock: true });
    if (resource.builtIn) throw new Problem('built_in_resource');
    assertPreconditions(preconditions, resource);
    return resource;
  }

  /** @throws {Problem} `not_found` */
  private async findResource(
    manager: EntityManager,
    id: string,
    { lock = false } = {},
  ): Promise<Resource> {
    const query = this.queryOf(manager).andWhere('resource.id = :id', { id });
    const row = await (lock ? query.setLock('pessimistic_write') : query).getOne();
    if (!row) throw new Problem('not_found', { detail: 'There is no such resource.' });
    const [resource] = await this.toResources(manager, [row]);
    return resource!;
  }

  private async toResources(
    manager: EntityManager,
    rows: OAuthResourceEntity[],
  ): Promise<Resource[]> {
    const parts = await findParts(
      manager,
      rows.map(({ identifier }) => identifier),
    );
    const api = this.settings.jwtAudience;
    return rows.map((row) => toResource(row, { ...parts, api }));
  }
}

/**
 * Tokens for the authorization server itself, for example for userinfo, have its rules.
 *
 * @throws {Problem} `validation_failed`
 */
function assertFree(
  identifier: string,
  { authUrl, jwtIssuer }: Pick<ApiSettings, 'authUrl' | 'jwtIssuer'>,
): void {
  const { href } = new URL(identifier);
  const own = [jwtIssuer, authUrl].flatMap((text) => URL.parse(text)?.href ?? []);
  if (!own.includes(href) && !href.startsWith(`${new URL(AUTH_BASE_PATH, authUrl).href}/`)) return;
  const detail = 'Belongs to the authorization server';
  throw new Problem('validation_failed', { errors: [{ pointer: '/identifier', detail }] });
}

/**
 * The auth server issues no token with a longer lifetime. A value that is stored stays when the
 * setting is reduced later.
 *
 * @throws {Problem} `validation_failed`
 */
function assertLifetime(
  tokenLifetime: number | null | undefined,
  { jwtTtl }: Pick<ApiSettings, 'jwtTtl'>,
): void {
  const longest = Math.floor(jwtTtl / 1_000);
  if ((tokenLifetime ?? 0) <= longest) return;
  const detail = `Must be at most ${longest}, the lifetime of access tokens (JWT_TTL)`;
  throw new Problem('validation_failed', { errors: [{ pointer: '/tokenLifetime', detail }] });
}

const CHANGEABLE = ['name', 'scopes', 'tokenLifetime', 'clients'] as const;

async function recordChange(
  manager: EntityManager,
  { actor, before, after }: { actor: UserActor; before: Resource; after: Resource },
): Promise<void> {
  const fields = CHANGEABLE.filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  if (fields.length === 0) return;
  const pick = (one: Resource) => Object.fromEntries(fields.map((key) => [key, one[key]]));
  await recordAuditEvent(manager, {
    action: 'resource.updated',
    actor,
    subject: { type: 'resource', id: after.id },
    before: pick(before),
    after: pick(after),
  });
}

function toRecorded({ identifier, name, scopes, tokenLifetime, clients }: Resource) {
  return { identifier, name, scopes, tokenLifetime, clients };
}

function keyOf({ createdAt, id }: OAuthResourceEntity): CursorPosition {
  return { value: createdAt!.toISOString(), id };
}
