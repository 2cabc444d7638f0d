import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api';
import type { Pool } from 'pg';
import { ACCOUNT_RULES } from './account-rules';
import { ADMIN_RULES, isAdministrative, PATHS_WITH_BEFORE } from './admin-rules';
import { actorOf, addActingClient, type AuditFacts, type AuditRule } from './audit-facts';
import { writeAuditEvent } from './audit-writer';
import { OAUTH_RULES } from './oauth-rules';
import { NOTING_HOOKS, takeNotes, type UserRow } from './request-notes';
import { isFirstOfHour, isOfStranger } from './repeated-events';
import type { SignInMetrics } from './sign-in-metrics';
import { SIGN_IN_RULES } from './sign-in-rules';
import type { AuditEvent } from '../../contract';
import { InternalFault } from '../common/errors';
import { requestContext } from '../common/request-context';
import { originOf } from '../common/request-origin';
import { fieldOf, ownAnswerOf } from '../common/caller';
import type { HookContext } from '../common/hook-types';

const RULES: Readonly<Record<string, AuditRule>> = {
  ...SIGN_IN_RULES,
  ...ACCOUNT_RULES,
  ...ADMIN_RULES,
  ...OAUTH_RULES,
};

/** The user before the change of a request, by the request's context. */
const usersBefore = new WeakMap<object, UserRow>();

/**
 * Records what Better-Auth does (docs/guides/audit.md). It reads the answer that is sent, so it
 * stands after the phases that change answers. An event that cannot be written fails the request
 * with 503 or 500, after the change: no session is handed out without a record.
 */
export function auditLog(pool: Pool, signInMetrics?: SignInMetrics) {
  return {
    id: 'audit-log',
    init: () => ({ options: { databaseHooks: NOTING_HOOKS } }),
    hooks: {
      before: [
        {
          matcher: ({ path = '', request }) => request !== undefined && lacksRule(path),
          handler: createAuthMiddleware(refuseWithoutRule),
        },
        {
          matcher: ({ path }) => PATHS_WITH_BEFORE.includes(path ?? ''),
          handler: createAuthMiddleware(rememberUser),
        },
      ],
      after: [
        {
          matcher: ({ path }) => Object.hasOwn(RULES, path ?? ''),
          handler: createAuthMiddleware(async (ctx) => {
            const events = await record(ctx, pool);
            for (const event of events) signInMetrics?.count(event);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

function lacksRule(path: string): boolean {
  return isAdministrative(path) && !Object.hasOwn(RULES, path);
}

/** Only a new version of a library adds such an endpoint. It is refused until it has a rule. */
function refuseWithoutRule({ path }: HookContext): Promise<never> {
  return Promise.reject(new Error(`there is no audit rule for ${path}`));
}

async function rememberUser({ context, body }: HookContext): Promise<void> {
  const request = requestContext.getStore();
  const { userId } = (body ?? {}) as { userId?: unknown };
  if (!request || typeof userId !== 'string') return;
  const user = await context.internalAdapter.findUserById(userId);
  if (user) usersBefore.set(request, user);
}

/** @returns the events of the request. */
async function record(ctx: HookContext, pool: Pool): Promise<AuditEvent[]> {
  const request = requestContext.getStore();
  const rule = RULES[ctx.path];
  // Outside of a request, code of the auth server calls Better-Auth and writes its own events.
  if (!request || !rule) return [];
  const facts = await toFacts(ctx);
  const origin = originOf(facts.headers);
  const entries = await rule(facts);
  if (entries === null) throw new Error(`the audit rule of ${ctx.path} does not apply`);
  const events = entries.map((entry) => ({
    actor: actorOf(facts),
    ...addActingClient(entry, facts),
    origin,
  }));
  try {
    for (const event of events) await writeEvent(pool, event);
    return events;
  } catch (error) {
    throw new InternalFault('an audit event cannot be written', { cause: error });
  }
}

/** Callers who are not signed in cannot fill the log with repeated requests. */
async function writeEvent(pool: Pool, event: AuditEvent): Promise<void> {
  if (isOfStranger(event) && !(await isFirstOfHour(pool, event))) return;
  await writeAuditEvent(pool, event);
}

async function toFacts(ctx: HookContext): Promise<AuditFacts> {
  const returned = ownAnswerOf(ctx.context);
  const body = (ctx.body ?? {}) as Record<string, unknown>;
  return {
    path: ctx.path,
    body,
    query: (ctx.query ?? {}) as Record<string, unknown>,
    params: (ctx.params ?? {}) as Record<string, string>,
    headers: ctx.headers ?? new Headers(),
    oauthQuery: new URLSearchParams(typeof body.oauth_query === 'string' ? body.oauth_query : ''),
    refusal: isRedirectOfCaller(ctx) ? null : toRefusal(await toThrown(returned)),
    answer: isAPIError(returned) ? {} : ((returned ?? {}) as Record<string, unknown>),
    isReplaced: returned instanceof Response,
    session: (await findSession(ctx)) as AuditFacts['session'],
    sessionUserId: requestContext.getStore()!.sessionUserId ?? null,
    userBefore: usersBefore.get(requestContext.getStore()!) ?? null,
    notes: takeNotes(),
    findUserId: (email) => findUserId(ctx, email),
    findChallengedUserId: () => findChallengedUserId(ctx),
  };
}

/** A sign-in begins a session. It does not belong to the session of a cookie. */
const SIGN_INS = /^\/(sign-in|sign-up|passkey\/verify-auth)/;

/** The same for the callback of a provider, unless it links an account: then no session begins. */
const CALLBACKS = /^\/(callback|oauth2\/callback)\//;

async function findSession(ctx: HookContext): Promise<unknown> {
  if (SIGN_INS.test(ctx.path)) return null;
  if (CALLBACKS.test(ctx.path) && ctx.context.newSession) return null;
  // A client asks there, also when its browser sends the cookie of a session.
  if (ctx.path === '/oauth2/token') return null;
  if (ctx.context.session) return ctx.context.session;
  // The second step has begun a session, and does not belong to it.
  if (ctx.path.startsWith('/two-factor/')) return null;
  return ctx.request || ctx.headers
    ? await getSessionFromCtx(ctx, { disableRefresh: true }).catch(() => null)
    : null;
}

/** The parts of an error of Better-Auth that are used here. */
interface ThrownAnswer {
  statusCode: number;
  headers?: Record<string, string>;
  body?: { code?: unknown; error?: unknown };
}

/**
 * The caller chooses the URL to which success leads. It may contain an error. At the callback of a
 * provider that URL is in the state, and a parameter of the request means nothing.
 */
function isRedirectOfCaller({ context, path, query }: HookContext): boolean {
  if (CALLBACKS.test(path)) return false;
  const returned = ownAnswerOf(context);
  if (!isAPIError(returned)) return false;
  const { statusCode, headers } = returned as unknown as ThrownAnswer;
  const location = new Headers(headers).get('location');
  return statusCode < 400 && location !== null && location === fieldOf(query, 'callbackURL');
}

/** A hook that changes the status of an error returns a complete response. */
async function toThrown(returned: unknown): Promise<ThrownAnswer | null> {
  if (isAPIError(returned)) return returned;
  if (!(returned instanceof Response) || returned.status < 400) return null;
  const body = await returned
    .clone()
    .json()
    .catch(() => ({}));
  return { statusCode: returned.status, body: body as ThrownAnswer['body'] };
}

/** Some endpoints answer with a redirect. A redirect with an error is a refusal. */
function toRefusal(thrown: ThrownAnswer | null): AuditFacts['refusal'] {
  if (!thrown) return null;
  const { statusCode: status, headers, body } = thrown;
  if (status < 400) {
    const location = new Headers(headers).get('location') ?? '';
    const code = URL.parse(location, 'http://localhost')?.searchParams.get('error');
    return code ? { status: 400, code: code.slice(0, 100) } : null;
  }
  const name = [body?.code, body?.error].find((part) => typeof part === 'string') ?? `${status}`;
  return { status, code: name.slice(0, 100) };
}

async function findUserId({ context }: HookContext, email: unknown): Promise<string | null> {
  if (typeof email !== 'string') return null;
  const found = await context.internalAdapter.findUserByEmail(email.toLowerCase());
  return found?.user.id ?? null;
}

async function findChallengedUserId(ctx: HookContext): Promise<string | null> {
  const { name } = ctx.context.createAuthCookie('two_factor');
  const identifier = await ctx.getSignedCookie(name, ctx.context.secret);
  if (!identifier) return null;
  return (await ctx.context.internalAdapter.findVerificationValue(identifier))?.value ?? null;
}
