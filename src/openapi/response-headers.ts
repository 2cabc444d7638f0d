import type { Access } from './access';
import type { Operation } from './operation';
import { IDEMPOTENCY_KEY_HEADER } from '../common/openapi/idempotent.decorator';

const text = { type: 'string' } as const;

/** Headers that answers of many operations have, described once. */
export const RESPONSE_HEADERS = {
  WwwAuthenticate: {
    description:
      'RFC 6750, section 3; `resource_metadata` names the metadata of the API (RFC 9728)',
    schema: text,
  },
  RetryAfter: { description: 'Seconds to wait', schema: { type: 'integer' } as const },
  AcceptEncoding: {
    description:
      'The accepted coding, when the coding or the charset was refused (RFC 9110, section 15.5.16)',
    schema: text,
  },
  XRequestId: {
    description: 'Id of the request in the logs: the sent one when it is valid',
    schema: text,
  },
  RateLimit: {
    description:
      'Requests left (`r`) until the window ends (`t`, seconds); where requests are limited',
    schema: text,
  },
  RateLimitPolicy: {
    description: 'Quota (`q`) of a window (`w`, seconds); where requests are limited',
    schema: text,
  },
  IdempotencyReplayed: {
    description: '`true` when this is the answer to an earlier request with the same key',
    schema: text,
  },
};

/** Describes the common headers of the answers of an operation. */
export function addResponseHeaders(
  operation: Operation,
  { isLimited, deprecation }: Pick<Access, 'isLimited' | 'deprecation'>,
): void {
  const isIdempotent = takesIdempotencyKey(operation);
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!response || '$ref' in response) continue;
    response.headers = {
      ...response.headers,
      'X-Request-Id': refer('XRequestId'),
      ...(isLimited && {
        RateLimit: refer('RateLimit'),
        'RateLimit-Policy': refer('RateLimitPolicy'),
      }),
      ...(isIdempotent &&
        isRepeated(Number(status)) && {
          'Idempotency-Replayed': refer('IdempotencyReplayed'),
        }),
      ...(status === '415' && { 'Accept-Encoding': refer('AcceptEncoding') }),
      ...(isIdempotent && status === '409' && { 'Retry-After': refer('RetryAfter') }),
      ...(deprecation && { Deprecation: { description: 'RFC 9745', schema: text } }),
      ...(deprecation?.sunset && { Sunset: { description: 'RFC 8594', schema: text } }),
    };
  }
}

/** Whether the operation is marked `@Idempotent()`. */
export function takesIdempotencyKey({ parameters = [] }: Operation): boolean {
  return parameters.some(
    (parameter) => 'in' in parameter && parameter.name === IDEMPOTENCY_KEY_HEADER,
  );
}

/** Successful answers, and refusals that describe the state. */
function isRepeated(status: number): boolean {
  return status < 300 || [403, 404, 409, 412].includes(status);
}

function refer(name: keyof typeof RESPONSE_HEADERS): { $ref: string } {
  return { $ref: `#/components/headers/${name}` };
}
