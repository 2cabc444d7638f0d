import type { Access } from './access';
import type { LocatedOperation } from './operation';
import { takesIdempotencyKey } from './response-headers';
import { PROBLEM_CODES, type ProblemCode } from '../common/problems/problem-codes';

/** Problems that every operation may answer with. */
const EVERYWHERE: ProblemCode[] = ['malformed_request', 'internal_error'];

const CLOSED_ROUTE_PROBLEMS: ProblemCode[] = [
  'missing_token',
  'invalid_token',
  'keys_unavailable',
  'database_unavailable',
];

/** The refusals of an operation: its own, those of its guards and of its input. */
export function problemsOf(
  { method, path, operation }: LocatedOperation,
  { isPublic, isLimited, roles, scopeRule, problems }: Access,
): Set<ProblemCode> {
  const codes = new Set<ProblemCode>([...EVERYWHERE, ...problems]);
  const add = (...more: ProblemCode[]) => more.forEach((code) => codes.add(code));
  const { parameters = [], requestBody } = operation;
  if (!isPublic) add(...CLOSED_ROUTE_PROBLEMS);
  // Only probes have no limit: docs/security/limits.md.
  if (isLimited || !path.startsWith('/health/')) add('too_many_requests');
  if (roles) add('forbidden');
  if (scopeRule) add('insufficient_scope');
  if (!isPublic && !scopeRule?.forServiceAccounts) add('user_required');
  // The server also reads a body that the operation does not use.
  if (method !== 'get') add('body_too_large', 'unsupported_media_type', 'precondition_failed');
  if (requestBody || parameters.length > 0) add('validation_failed');
  if (parameters.some((parameter) => 'in' in parameter && parameter.in === 'path')) {
    add('uri_too_long');
  }
  if (takesIdempotencyKey(operation)) {
    add('idempotency_in_progress', 'outcome_unknown');
    add('idempotency_key_reused', 'database_unavailable');
  }
  return codes;
}

export function addProblemResponses(
  located: LocatedOperation,
  { codes, apiUrl }: { codes: Set<ProblemCode>; apiUrl: string },
): void {
  const byStatus = Map.groupBy(codes, (code) => PROBLEM_CODES[code].status);
  const toExample = exampleMaker(located, apiUrl);
  for (const [status, group] of [...byStatus].sort(([a], [b]) => a - b)) {
    located.operation.responses[status] ??= {
      description: group.map((code) => `\`${code}\`: ${PROBLEM_CODES[code].meaning}`).join('\n\n'),
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: Object.fromEntries(group.map((code) => [code, toExample(code)])),
        },
      },
      ...(status === 401 && {
        headers: { 'WWW-Authenticate': { $ref: '#/components/headers/WwwAuthenticate' } },
      }),
      ...((status === 429 || status === 503) && {
        headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
      }),
    };
  }
}

/** An example for each refusal of an operation, with its own URL and fields. */
function exampleMaker({ path, operation }: LocatedOperation, apiUrl: string) {
  const parameters = (operation.parameters ?? []) as {
    name: string;
    in: string;
    example?: unknown;
  }[];
  const instance = parameters.reduce(
    (text, { name, example }) => text.replace(`{${name}}`, String(example)),
    path,
  );
  return (code: ProblemCode) => {
    const { status, title, meaning } = PROBLEM_CODES[code];
    return {
      summary: title,
      value: {
        type: `${apiUrl}/problems/${code}`,
        title,
        status,
        detail: meaning,
        instance,
        code,
        requestId: '3f0c1f7e-5d0c-4f3a-9a55-0d6a3a1c7b1e',
        ...(code === 'validation_failed' && { errors: [exampleFault(operation)] }),
      },
    };
  };
}

/** A field of the body, else a parameter: each operation that validates has one. */
function exampleFault({ requestBody, parameters = [] }: LocatedOperation['operation']) {
  const { content = {} } = (requestBody ?? {}) as {
    content?: Record<string, { example?: object }>;
  };
  const [field] = Object.values(content).flatMap(({ example }) => Object.keys(example ?? {}));
  const [parameter] = parameters as { name: string }[];
  return { pointer: `/${field ?? parameter?.name}`, detail: 'Not acceptable' };
}
