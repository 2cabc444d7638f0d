import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { ClientKeys } from './client-keys.schemas';
import { shownColumnsOf, toChangedColumns, toClient, toRegistration } from './clients.mapper';
import {
  type Client,
  clientFaults,
  type ClientPage,
  type ClientSecret,
  type CreateClient,
  type ListClients,
  type UpdateClient,
} from './clients.schemas';
import { CLIENT_PATHS, DOCS_CLIENT_ID, isCodeScope } from '../../../contract';
import { recordAuditEvent } from '../../audit/audit-trail';
import type { UserActor } from '../../auth/principal/current-actor.decorator';
import { AuthService } from '../../auth-proxy/auth.service';
import { type CursorPosition, Cursors } from '../../common/pagination/cursor';
import { readPage } from '../../common/pagination/keyset-pages';
import { Problem } from '../../common/problems/problem';
import { OAuthClientEntity } from '../../database/entities/oauth-client.entity';
import { assertPreconditions, hasPreconditions } from '../../http/entity-tag';
import type { Preconditions } from '../../http/request/preconditions';
import { ActorTransactions } from '../../users/actor-transactions';

/** The client of a change, and the state for which the change is meant. */
interface ClientChange {
  clientId: string;
  preconditions: Preconditions;
}

/** OAuth clients. Only the auth server creates and knows their secrets. */
@Injectable()
export class ClientsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly transactions: ActorTransactions,
    private readonly auth: AuthService,
    private readonly cursors: Cursors,
  ) {}

  /** The newest first. */
  async listClients({ limit, cursor }: ListClients): Promise<ClientPage> {
    const query = this.dataSource.manager.createQueryBuilder(OAuthClientEntity, 'client');
    const keyset = { list: 'clients', by: 'createdAt', direction: 'DESC', keyOf } as const;
    const { rows, nextCursor } = await readPage(
      { query, cursors: this.cursors },
      { ...keyset, limit, cursor },
    );
    return { items: rows.map((row) => toClient(row)), nextCursor };
  }

  /**
   * @returns the client, and its secret apart: the entity tag is that of the client.
   * @throws {Problem} `validation_failed`, or as {@link AuthService.actAs}
   */
  async createClient(
    actor: UserActor,
    input: CreateClient,
  ): Promise<{ client: Client; secret: { clientSecret?: string } }> {
    await assertKnownScopes(this.dataSource.manager, input.scopes);
    const body = await this.auth.actAs(actor, {
      path: CLIENT_PATHS.create,
      body: toRegistration(input),
    });
    const { clientId, clientSecret } = body as { clientId: string; clientSecret: string | null };
    const client = await this.getClient(clientId);
    return { client, secret: clientSecret === null ? {} : { clientSecret } };
  }

  /** @throws {Problem} `not_found` */
  async getClient(clientId: string): Promise<Client> {
    return toClient(await findClient(this.dataSource.manager, clientId));
  }

  /** @throws {Problem} `not_found`, `built_in_client`, `precondition_failed`, `validation_failed` */
  updateClient(
    actor: UserActor,
    { clientId, change, preconditions }: ClientChange & { change: UpdateClient },
  ): Promise<Client> {
    const { disabled, ...others } = change;
    if (clientId === DOCS_CLIENT_ID && Object.keys(others).length > 0) {
      throw new Problem('built_in_client');
    }
    return this.transactions.run({ actor }, async (manager) => {
      const row = await findClient(manager, clientId, { lock: true });
      const before = toClient(row);
      assertPreconditions(preconditions, before);
      const after = { ...before, ...change };
      assertFits(after);
      await assertKnownScopes(manager, change.scopes);
      Object.assign(row, toChangedColumns(change, after), { disabled: disabled ?? row.disabled });
      row.updatedAt = new Date();
      await manager.save(row);
      await recordChanges(manager, { actor, before, after });
      return toClient(row);
    });
  }

  /** @throws {Problem} `not_found`, `built_in_client`, `precondition_failed` */
  async deleteClient(actor: UserActor, { clientId, preconditions }: ClientChange): Promise<void> {
    if (clientId === DOCS_CLIENT_ID) throw new Problem('built_in_client');
    await this.transactions.run({ actor }, async (manager) => {
      const row = await findClient(manager, clientId, { lock: true });
      const client = toClient(row);
      assertPreconditions(preconditions, client);
      const { createdAt: _createdAt, ...before } = client;
      const subject = { type: 'client', id: clientId } as const;
      await recordAuditEvent(manager, { action: 'client.deleted', actor, subject, before });
      await manager.remove(row);
    });
  }

  /**
   * The auth server writes the keys. With preconditions, it writes them only while the row is what
   * is checked here.
   *
   * @throws {Problem} `not_found`, `precondition_failed`, `validation_failed`, or as
   *   {@link AuthService.actAs}
   */
  async replaceKeys(
    actor: UserActor,
    { clientId, jwks, preconditions }: ClientChange & { jwks: ClientKeys },
  ): Promise<Client> {
    const row = await findClient(this.dataSource.manager, clientId);
    if (row.jwks === null) throw new Problem('validation_failed', { errors: [NO_KEYS] });
    assertPreconditions(preconditions, toClient(row));
    const unchanged = hasPreconditions(preconditions) ? shownColumnsOf(row) : undefined;
    const body = { clientId, jwks, ...(unchanged && { unchanged }) };
    await this.auth.actAs(actor, { path: CLIENT_PATHS.replaceKeys, body });
    return this.getClient(clientId);
  }

  /** @throws {Problem} `not_found`, `no_client_secret`, or as {@link AuthService.actAs} */
  async rotateSecret(actor: UserActor, clientId: string): Promise<ClientSecret> {
    const { type, jwks } = await this.getClient(clientId);
    if (type === 'public' || jwks) throw new Problem('no_client_secret');
    const path = CLIENT_PATHS.rotateSecret;
    const { clientSecret } = await this.auth.actAs(actor, { path, body: { clientId } });
    return { clientId, clientSecret: String(clientSecret) };
  }
}

/** The method of authentication of a client does not change. */
const NO_KEYS = { pointer: '/keys', detail: 'The client was registered without keys' };

/** @throws {Problem} `not_found` */
async function findClient(
  manager: EntityManager,
  clientId: string,
  { lock = false } = {},
): Promise<OAuthClientEntity> {
  const row = await manager.findOne(OAuthClientEntity, {
    where: { clientId },
    ...(lock && { lock: { mode: 'pessimistic_write' } }),
  });
  if (!row) throw new Problem('not_found', { detail: 'There is no such client.' });
  return row;
}

/** @throws {Problem} `validation_failed` */
function assertFits(client: Client): void {
  const errors = clientFaults(client).map(({ pointer, detail }) => ({
    pointer: `/${pointer}`,
    detail,
  }));
  if (errors.length > 0) throw new Problem('validation_failed', { errors });
}

/**
 * A scope of a registered resource cannot be removed until the transaction ends: its removal takes
 * it away from all clients.
 *
 * @throws {Problem} `validation_failed`
 */
async function assertKnownScopes(
  manager: EntityManager,
  scopes: readonly string[] = [],
): Promise<void> {
  const others = scopes.filter((scope) => !isCodeScope(scope));
  if (others.length === 0) return;
  const found = await manager.query<{ name: string }[]>(
    'SELECT name FROM oauth_resource_scope WHERE name = ANY ($1) FOR KEY SHARE',
    [others],
  );
  const known = new Set(found.map(({ name }) => name));
  const errors = scopes.flatMap((scope, index) =>
    isCodeScope(scope) || known.has(scope)
      ? []
      : [{ pointer: `/scopes/${index}`, detail: 'No resource has this scope' }],
  );
  if (errors.length > 0) throw new Problem('validation_failed', { errors });
}

async function recordChanges(
  manager: EntityManager,
  { actor, before, after }: { actor: UserActor; before: Client; after: Client },
): Promise<void> {
  const subject = { type: 'client', id: after.clientId } as const;
  const fields = (['name', 'redirectUris', 'scopes', 'firstParty'] as const).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  if (fields.length > 0) {
    const pick = (client: Client) => Object.fromEntries(fields.map((key) => [key, client[key]]));
    const parts = { before: pick(before), after: pick(after) };
    await recordAuditEvent(manager, { action: 'client.updated', actor, subject, ...parts });
  }
  if (before.disabled === after.disabled) return;
  const action = after.disabled ? 'client.disabled' : 'client.enabled';
  await recordAuditEvent(manager, { action, actor, subject });
}

function keyOf({ createdAt, id }: OAuthClientEntity): CursorPosition {
  return { value: createdAt.toISOString(), id };
}
