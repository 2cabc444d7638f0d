import type { LocatedOperation, Operation } from './operation';
import { ETAG_HEADER } from '../common/openapi/conditional.decorator';

/** Describes the headers of a route marked `@Conditional()`, and 304. 412 is one of its problems. */
export function describeConditions({ method, operation }: LocatedOperation): void {
  const { responses } = operation;
  const success = responses['200'];
  if (success && 'description' in success) success.headers = { ...success.headers, ...ETAG_HEADER };
  if (method === 'get') {
    responses['304'] = {
      description: 'The resource is what `If-None-Match` names',
      headers: ETAG_HEADER,
    };
  }
  operation.parameters = [...(operation.parameters ?? []), method === 'get' ? READ : CHANGE];
}

type Parameter = NonNullable<Operation['parameters']>[number];

const tag = {
  in: 'header',
  required: false,
  schema: { type: 'string', example: '"m9xQ2k"' },
} as const;

const READ: Parameter = {
  name: 'If-None-Match',
  description: 'ETag that you have: the resource is sent only when it has changed',
  ...tag,
};

const CHANGE: Parameter = {
  name: 'If-Match',
  description:
    'ETag that you read: the change is refused when the resource has changed since. `*`: any state',
  ...tag,
};
