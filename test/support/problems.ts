import type { Answer } from './caller';
import type { RawAnswer } from './raw-http';
import { loadNatively } from './native/load';
import type * as problemCodes from '../../src/common/problems/problem-codes';

const { PROBLEM_CODES } = loadNatively('src/common/problems/problem-codes') as typeof problemCodes;

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: problemCodes.ProblemCode;
  requestId: string;
  errors?: { pointer: string; detail: string }[];
}

/** Text that only a library, the database or a stack trace contains. */
export const FOREIGN_TEXT =
  /FST_|Fastify|Nest|zod|TypeORM|QueryFailed|postgres|\bpg\b|SQLSTATE|relation "|invalid input|better-auth|undici|ECONN|node_modules|\.[jt]s:\d|\bat \S+ \(|Unexpected token|SyntaxError|Invalid option|Invalid input|Too (big|small)/i;

/**
 * Compares a response with RFC 9457 and the contract: status and title of the code, the request id
 * of the header, no foreign text. @returns the body, for further checks.
 */
export function expectProblem(
  answer: Answer<unknown> | RawAnswer,
  code: problemCodes.ProblemCode,
): ProblemBody {
  const { status, title } = PROBLEM_CODES[code];
  const { header, text } = read(answer);
  const body = JSON.parse(text) as ProblemBody;
  expect({ status: answer.status, code: body.code }).toEqual({ status, code });
  expect(body).toEqual({
    type: expect.stringMatching(new RegExp(`^https?://[^/]+/problems/${code}$`)),
    title,
    status,
    detail: expect.stringMatching(/\S/),
    instance: expect.any(String),
    code,
    requestId: header('x-request-id'),
    ...(code === 'validation_failed' && { errors: expect.any(Array) }),
  });
  expect(header('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(header('cache-control')).toBe('no-store');
  // An id is random, and can contain any letters.
  const { instance: _instance, requestId: _requestId, ...fixed } = body;
  expect(JSON.stringify(fixed)).not.toMatch(FOREIGN_TEXT);
  return body;
}

function read(answer: Answer<unknown> | RawAnswer) {
  if ('text' in answer) {
    const { headers, text } = answer;
    return { header: (name: string) => headers[name]?.join(', ') ?? null, text };
  }
  const { headers, body } = answer;
  return { header: (name: string) => headers.get(name), text: JSON.stringify(body) };
}
