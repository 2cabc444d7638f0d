import { failurePage } from './common/page-failure';
import { toPageResponse } from './common/page-answer';
import type { FailureCode } from './common/texts';
import { prefersHtml } from '../../runtime/network/accept-header';

/** Requests below the base path of Better-Auth: a provider sends the user here. */
export function isCallback(path: string): boolean {
  return path.startsWith('/callback/');
}

/** By code of the error. */
const FAILURES = new Map<unknown, FailureCode>([
  ['CREDENTIALS_CHANGED', 'credentials_changed'],
  ['BANNED_USER', 'banned'],
  ['UNKNOWN_ROLE', 'unknown_role'],
  ['TOO_MANY', 'too_many'],
  ['DATABASE_UNAVAILABLE', 'unavailable'],
  ['TOO_BUSY', 'unavailable'],
  ['NOT_FOUND', 'not_found'],
  ['METHOD_NOT_ALLOWED', 'method'],
]);

/** A browser shows this answer to its user: a page replaces the JSON of a refusal. */
export async function toCallbackAnswer(
  answer: Response,
  { request, authUrl }: { request: Request; authUrl: string },
): Promise<Response> {
  const { status, headers } = answer;
  const isJson = headers.get('content-type')?.startsWith('application/json');
  if (status < 400 || !isJson || !prefersHtml(request.headers.get('accept') ?? '')) return answer;
  const { code } = (await answer.json()) as { code?: unknown };
  const page = failurePage(FAILURES.get(code) ?? 'unknown', `${authUrl}/`);
  return toPageResponse({ page, status }, headers);
}
