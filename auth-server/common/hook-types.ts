import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import type { createAuthMiddleware } from 'better-auth/api';

/** The context that Better-Auth passes to the handler of a hook. */
export type HookContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

type Hooks = NonNullable<BetterAuthPlugin['hooks']>;

export type BeforeHook = NonNullable<Hooks['before']>[number];

export type AfterHook = NonNullable<Hooks['after']>[number];

/** What the matcher of a hook reads. */
export type HookMatch = Parameters<BeforeHook['matcher']>[0];

/** The context of a database hook; `null` outside of an endpoint. */
export type EndpointContext = GenericEndpointContext | null;

/** Better-Auth's access to the tables of its models. */
export type Adapter = GenericEndpointContext['context']['adapter'];
