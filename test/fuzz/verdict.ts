import { PROBLEM_CODES, isProblemCode } from '../../src/common/problems/problem-codes';
import type { AnswerSchemas } from '../support/documents/answer-schemas';
import type { Operation } from '../support/documents/openapi';
import { FOREIGN_TEXT, type ProblemBody } from '../support/problems';
import type { RawAnswer } from '../support/raw-http';

/** For a request before its operation is known. */
const BEFORE_THE_OPERATION = new Set([400, 414, 431]);

/** The errors of an API response to a request for the operation. */
export function faultsOf(
  { name, operation }: { name: string; operation: Operation },
  answer: RawAnswer,
  schemas: AnswerSchemas,
): string[] {
  const { status, headers, text } = answer;
  const type = headers['content-type']?.[0]?.split(';', 1)[0];
  if (status >= 400) return faultsOfProblem(operation, answer);
  const response = operation.responses[status];
  if (!response) return [`${status} is not in the document`];
  if (!response.content) return text === '' ? [] : ['a body where there should be none'];
  if (!type || !response.content[type]) return [`media type ${type}`];
  const [method, path] = name.split(' ') as [string, string];
  const place = ['paths', path, method.toLowerCase(), 'responses', status, 'content', type];
  const value: unknown = type === 'application/json' ? JSON.parse(text) : text;
  return schemas.faultsOf([...place, 'schema'], value);
}

function faultsOfProblem({ responses }: Operation, { status, headers, text }: RawAnswer): string[] {
  if (headers['content-type']?.[0] !== 'application/problem+json; charset=utf-8') {
    return [`${status} as ${String(headers['content-type'])}`];
  }
  const { code, instance: _instance, errors = [], ...rest } = JSON.parse(text) as ProblemBody;
  const documented = responses[status]?.content?.['application/problem+json']?.examples ?? {};
  const isKnown = isProblemCode(code) && PROBLEM_CODES[code].status === status;
  const own = [rest.title, rest.detail, ...errors.map(({ detail }) => detail)].join('\n');
  return [
    ...(status >= 500 ? [`${status} ${code}`] : []),
    ...(isKnown ? [] : [`${status} ${code} is no problem code`]),
    ...(documented[code] || BEFORE_THE_OPERATION.has(status) ? [] : [`${code} is not documented`]),
    ...(FOREIGN_TEXT.test(own) ? [`text that is not ours: ${own}`] : []),
    ...(code === 'validation_failed' && errors.length === 0 ? ['no faults named'] : []),
  ];
}
