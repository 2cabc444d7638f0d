import { StandardSchemaValidationPipe } from '@nestjs/common';
import { Problem, type ValidationIssue } from './problem';

/** What zod adds to the path and message of a Standard Schema issue. */
interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[];
  code?: string;
  keys?: string[];
}

/** Validates bodies, queries and path parameters against their zod schema; 422 names every fault. */
export function createRequestValidationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) =>
      new Problem('validation_failed', { errors: issues.flatMap(toValidationIssues) }),
  });
}

function toValidationIssues(issue: Issue): ValidationIssue[] {
  const path = (issue.path ?? []).map((segment) =>
    typeof segment === 'object' ? segment.key : segment,
  );
  if (issue.code === 'unrecognized_keys') {
    // One issue for all unknown fields; the caller wants to see each where it stands.
    return (issue.keys ?? []).map((key) => ({
      pointer: toPointer([...path, key]),
      detail: 'Unknown field',
    }));
  }
  return [{ pointer: toPointer(path), detail: issue.message }];
}

/** RFC 6901, section 3: `~` and `/` inside a name are escaped. */
function toPointer(path: PropertyKey[]): string {
  return path
    .map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
