import type { Operation } from './operation';
import type { Deprecation } from '../common/openapi/deprecated.decorator';

/** Marks an operation as deprecated, as its answers are. */
export function describeDeprecation(
  operation: Operation,
  { since, sunset, link }: Deprecation,
): void {
  operation.deprecated = true;
  const notice = [
    `Deprecated since ${since}.`,
    sunset && `Goes away on ${sunset}.`,
    link && `What to do instead: ${link}`,
  ];
  operation.description = [operation.description, ...notice].filter(Boolean).join(' ');
}
