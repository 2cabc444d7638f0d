import { failurePage, toFailureCode } from './common/page-failure';
import { toPageResponse } from './common/page-answer';
import { prefersHtml } from '../../runtime/network/accept-header';

/** Requests below the base path of Better-Auth: a provider sends the user here. */
export function isCallback(path: string): boolean {
  return path.startsWith('/callback/');
}

/** A browser shows this answer to its user: a page replaces the JSON of a refusal. */
export async function toCallbackAnswer(
  answer: Response,
  { request, authUrl }: { request: Request; authUrl: string },
): Promise<Response> {
  const { status, headers } = answer;
  const isJson = headers.get('content-type')?.startsWith('application/json');
  if (status < 400 || !isJson || !prefersHtml(request.headers.get('accept') ?? '')) return answer;
  const { code } = (await answer.json()) as { code?: unknown };
  const page = failurePage(toFailureCode(code), `${authUrl}/`);
  return toPageResponse({ page, status }, headers);
}
