import { type ArgumentMetadata, StandardSchemaValidationPipe } from '@nestjs/common';
import { Problem, type ValidationIssue } from '../problems/problem';

/** The number of errors in one answer: a body with many errors must not cause a longer answer. */
const MOST_ERRORS = 50;

/** Fields of zod in addition to path and message of a Standard Schema issue. */
interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[];
  code?: string;
  keys?: string[];
}

/** Validates bodies, queries and path parameters with their zod schema; 422 lists the errors. */
export class RequestValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({
      exceptionFactory: (issues) =>
        new Problem('validation_failed', {
          errors: issues.flatMap(toValidationIssues).slice(0, MOST_ERRORS),
        }),
    });
  }

  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      // A path parameter is validated alone: its own name is what the caller can find it by.
      const { type, data } = metadata;
      if (type !== 'param' || data === undefined || !(error instanceof Problem)) throw error;
      const errors = error.errors?.map((issue) => ({
        ...issue,
        pointer: toPointer([data]) + issue.pointer,
      }));
      throw new Problem(error.code, { errors });
    }
  }

  /** Names such as `constructor` are unknown fields: they are refused, not ignored. */
  protected override stripProtoKeys(): void {}
}

function toValidationIssues(issue: Issue): ValidationIssue[] {
  const path = (issue.path ?? []).map((segment) =>
    typeof segment === 'object' ? segment.key : segment,
  );
  if (issue.code === 'unrecognized_keys') {
    // zod reports all unknown fields in one issue; the answer lists each with its path.
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
