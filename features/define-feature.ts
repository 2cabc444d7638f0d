/** A scope of a feature. Every scope can be granted to an OAuth client that acts for a user. */
export interface FeatureScope {
  /** What the scope opens, for the OpenAPI documents. */
  meaning: string;
  /** The same for the consent page, after "<client> would be able to:". */
  consent: string;
  /**
   * The operations that the scope opens, by operationId, each with the words of `consent` that
   * tell the user about it. A test compares them with the routes.
   */
  opens: Record<string, string>;
  /** Whether a service account can have the scope. Default: no. */
  serviceAccounts?: boolean;
}

/** A problem code of a feature (RFC 9457). */
export interface FeatureProblem {
  status: number;
  title: string;
  /** One or two sentences for the page that the problem's `type` leads to. */
  meaning: string;
}

/** A setting of a feature: an environment variable, also in `.env`, that the API reads. */
export interface FeatureSetting {
  /** What the setting decides, for `features/<name>/settings.md`. */
  meaning: string;
  /** The value when the variable is unset or empty. Without it, the value is `null`. */
  default?: string;
  /** A value that is accepted. */
  example?: string;
  /** In production, the API does not start without a value. */
  requiredInProduction?: boolean;
  /** @returns why a value is refused, such as `must be a whole number`; `null`: it is accepted. */
  fault?: (value: string) => string | null;
}

/** Calls the API as the caller of an example. @returns the answer's body. */
export type ExampleCall = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
) => Promise<Record<string, unknown>>;

/** What the tests of Gatehouse need to send the documented examples of a feature. */
export interface FeatureExamples {
  /**
   * Values that only a running system has, by the name of the parameter of a path or query, or of
   * the field of a body. The caller is an administrator, or has a role of the route.
   */
  parameters?: Record<string, (call: ExampleCall) => Promise<unknown>>;
  /**
   * Creates an entry of each list in pages. A list below another entry gets it in the entry that
   * its path names: `values` has the parameters above.
   */
  fill?: (call: ExampleCall, values: Record<string, unknown>) => Promise<unknown>;
  /**
   * Operations whose example only another system can send, for example with its signature: by
   * operationId, the problem code of the refusal, which the operation documents.
   */
  refused?: Record<string, string>;
}

/**
 * What both processes, the migrations and the tests know of a feature. It imports neither NestJS
 * nor TypeORM at run time: the auth server and the contract read it too.
 */
export interface FeatureDeclaration {
  /** Of the folder: lower case, with hyphens. */
  name: string;
  /**
   * Other features whose files this one imports, such as the entity of a relation. Never in both
   * directions.
   */
  uses?: readonly string[];
  /** Tags of the OpenAPI document with their descriptions. */
  tags?: Record<string, string>;
  /**
   * Roles, each with what it may do; Gatehouse has `admin` and `user`. `npm run migrate` brings the
   * constraint of the database in line.
   */
  roles?: Record<string, string>;
  scopes?: Record<string, FeatureScope>;
  /** `<what it is about>.<what happened>`. */
  auditActions?: readonly string[];
  /** What an audit event can be about, in addition to users, clients and keys. */
  auditSubjects?: readonly string[];
  problems?: Record<string, FeatureProblem>;
  /** Settings by the name of their variable: `settings.features.<NAME>` of `API_SETTINGS`. */
  settings?: Record<string, FeatureSetting>;
  /** Every route with its callers: `open`, `user`, or roles, joined by commas. A test compares them with the guards. */
  routes?: Record<string, string>;
  /** Tables of the feature. The auth server gets no privilege on them. */
  tables?: readonly string[];
  /**
   * Columns with the id or the e-mail address of a user and without a foreign key, such as
   * `payment.payer`, each with the reason. `exportUser` reads their tables. A test finds others.
   */
  userColumns?: Record<string, string>;
  /** Oldest first; the name ends with the timestamp. */
  migrations?: readonly (new () => object)[];
  examples?: FeatureExamples;
  /**
   * The part that only the API loads: a `FeatureApi`. Loaded late, so that the auth server and the
   * migrations do not load NestJS modules.
   */
  api?: () => object;
}

/** Keeps the literal types of a declaration: decorators accept its scopes, roles and codes. */
export function defineFeature<const Feature extends FeatureDeclaration>(feature: Feature): Feature {
  return feature;
}
