import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';
import { assertAdministratorInForce, findNamedSession } from '../common/caller';
import { assertClientInForce } from './clients-in-force';
import { readDatabaseClock } from './database-clock';
import type { Adapter } from '../common/hook-types';
import { type Administrator, requestContext } from '../common/request-context';
import { ACTING_CLIENT_HEADER, SERVICE_ACCOUNT_USERS_PATH } from '../../contract';

/** Better-Auth serves these to administrators, and the end of an impersonation to all. */
const ADMINISTRATION = '/admin/';
const END_OF_IMPERSONATION = '/admin/stop-impersonating';

const WRITES = ['create', 'update', 'updateMany', 'delete', 'deleteMany'] as const;

type Work = Parameters<Adapter['transaction']>[0];
type Transaction = Parameters<Work>[0];

interface Input {
  model: string;
  where?: { field: string; value: unknown }[];
  data?: Record<string, unknown>;
}

/**
 * Better-Auth checks an administrator at the start of a request. The request then hashes a
 * password, or waits for a lock. Here each write of an administrator checks again, after the write
 * and before its commit: after a lost role or an ended session it changes nothing. The same holds for
 * a client that creates a user. The API does the same (`src/users/actor-transactions.ts`, also for the reason why the check takes no lock).
 */
export function administratorsInForce(pool: Pool) {
  return {
    id: 'administrators-in-force',
    init: ({ adapter }) => guardWrites(adapter),
    hooks: {
      before: [
        {
          matcher: ({ path }) =>
            path === SERVICE_ACCOUNT_USERS_PATH ||
            (path !== undefined &&
              path.startsWith(ADMINISTRATION) &&
              path !== END_OF_IMPERSONATION),
          handler: createAuthMiddleware(async (ctx) => {
            const session = await findNamedSession(ctx);
            const context = requestContext.getStore();
            if (!context) return;
            context.actingClient = ctx.headers?.get(ACTING_CLIENT_HEADER) ?? undefined;
            if (!session) return;
            const { id: sessionId, userId, token } = session as unknown as NamedSession;
            const databaseTime = await readDatabaseClock(pool);
            context.administrator = { sessionId, userId, token, databaseTime };
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

interface NamedSession {
  id: string;
  userId: string;
  token: string;
}

function guardWrites(adapter: Adapter): void {
  const { transaction } = adapter;
  adapter.transaction = (work) =>
    transaction(async (trx) => {
      const result = await work(trx);
      await judgeAgain(trx);
      return result;
    });
  for (const name of WRITES) {
    const write = adapter[name] as (input: Input) => Promise<unknown>;
    const guarded = (input: Input): Promise<unknown> => {
      const { administrator, actingClient } = requestContext.getStore() ?? {};
      if (administrator && isOwnSession(input, administrator)) return write(input);
      if (!administrator && !actingClient) return write(input);
      const writeIn = (trx: Transaction) => (trx[name] as typeof write)(input);
      if (!administrator || !isOwn(input, administrator)) return adapter.transaction(writeIn);
      return transaction((trx) => writeOwn(trx, { name, input, administrator }));
    };
    Object.assign(adapter, { [name]: guarded });
  }
}

async function judgeAgain(trx: Transaction): Promise<void> {
  const { administrator, actingClient } = requestContext.getStore() ?? {};
  if (administrator) await assertInForce(trx, administrator);
  if (actingClient)
    await assertClientInForce(trx, { clientId: actingClient, isOfUser: !!administrator });
}

interface OwnWrite {
  name: (typeof WRITES)[number];
  input: Input;
  administrator: Administrator;
}

/**
 * A change of the administrators themselves can end their own access, so the check comes first.
 * A change of their row must find the role: it waits for a transaction that takes the role away.
 */
async function writeOwn(
  trx: Transaction,
  { name, input, administrator }: OwnWrite,
): Promise<unknown> {
  await assertInForce(trx, administrator);
  const isUser = input.model === 'user';
  const where = isUser ? [...input.where!, { field: 'role', value: 'admin' }] : input.where;
  const write = trx[name] as (changed: Input) => Promise<unknown>;
  const result = await write({ ...input, where });
  if (isUser && result === null) await assertInForce(trx, administrator);
  return result;
}

/** Each request extends its session. The end of own sessions needs no role. */
function isOwnSession({ model, where }: Input, { sessionId, token, userId }: Administrator) {
  return model === 'session' && named(where, [sessionId, token, userId]);
}

function isOwn({ where, data }: Input, { userId }: Administrator): boolean {
  return named(where, [userId]) || data?.userId === userId;
}

function named(where: Input['where'], values: unknown[]): boolean {
  return (where ?? []).some(({ value }) => values.includes(value));
}

async function assertInForce(
  trx: Transaction,
  { sessionId, userId, databaseTime }: Administrator,
): Promise<void> {
  const find = (model: string, id: string) =>
    trx.findOne<Record<string, unknown>>({ model, where: [{ field: 'id', value: id }] });
  const session = await find('session', sessionId);
  const isInForce =
    session?.userId === userId && (session.expiresAt as Date).getTime() > databaseTime();
  const user = isInForce ? await find('user', userId) : null;
  assertAdministratorInForce(user);
}
