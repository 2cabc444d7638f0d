import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { closeLingering } from '../../../runtime/http/lingering-close';
import { html } from '../../../runtime/pages/html';
import type { Page } from './layout';
import { sendPage } from './page-answer';
import { TEXTS, type FailureCode } from './texts';
import { RETRY_AFTER_S, toErrorAnswer } from '../../common/errors';
import { requestContext } from '../../common/request-context';
import type { Logger } from '../../../runtime/logger';

/** Ends the request for a page with an error page. */
export class PageFailure extends Error {
  override readonly name = 'PageFailure';

  constructor(
    readonly status: number,
    readonly code: FailureCode,
  ) {
    super(code);
  }
}

/** By code of an error of the auth server. */
const FAILURES = new Map<unknown, FailureCode>([
  ['CREDENTIALS_CHANGED', 'credentials_changed'],
  ['BANNED_USER', 'banned'],
  ['UNKNOWN_ROLE', 'unknown_role'],
  ['TOO_MANY', 'too_many'],
  ['DATABASE_UNAVAILABLE', 'unavailable'],
  ['TOO_BUSY', 'unavailable'],
  ['NOT_FOUND', 'not_found'],
  ['METHOD_NOT_ALLOWED', 'method'],
  ['PAYLOAD_TOO_LARGE', 'too_large'],
]);

export function toFailureCode(code: unknown): FailureCode {
  return FAILURES.get(code) ?? 'unknown';
}

interface RefusedCall {
  status: number;
  body: { code?: unknown };
}

/** Of an answer of the auth server that is no success. */
export function toPageFailure({ status, body }: RefusedCall): PageFailure {
  return new PageFailure(status, status === 429 ? 'too_many_requests' : toFailureCode(body.code));
}

/** Shows a fixed text: no part of the request is repeated. */
export function failurePage(code: FailureCode, start = '/'): Page {
  const requestId = requestContext.getStore()?.requestId;
  const { title, home, ...labels } = TEXTS.failure;
  const main = html`<p>${TEXTS.failures[code]}</p>
    <p class="soft">
      ${labels.code}: ${code}${requestId && html`<br />${labels.requestId}: ${requestId}`}
    </p>
    <p><a href="${start}">${home}</a></p>`;
  return { title, main, failed: true };
}

export function sendFailure(response: Response, { status, code, start }: Failure): void {
  sendPage(response, { status, page: failurePage(code, start) });
}

interface Failure {
  status: number;
  code: FailureCode;
  /** The URL of the first page, when it differs from this URL. */
  start?: string;
}

/**
 * The last handler of the pages. An error that is no {@link PageFailure} is logged and shown
 * without details.
 */
export function answerPageErrors({ logger, authUrl }: ErrorPages): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const failure = toFailure(error);
    if (failure.status >= 500) {
      const requestId = requestContext.getStore()?.requestId;
      logger.error({ requestId, err: error }, 'page failed');
    }
    if (failure.status === 503) response.set('Retry-After', RETRY_AFTER_S);
    if (failure.status === 413) {
      response.set('Connection', 'close');
      closeLingering(request);
    }
    // Forms work only at the URL of the auth server; from other URLs there is a link to it.
    sendFailure(response, { ...failure, start: `${authUrl}/` });
  };
}

interface ErrorPages {
  logger: Logger;
  authUrl: string;
}

function toFailure(error: unknown): Failure {
  if (error instanceof PageFailure) return error;
  const { status, code } = toErrorAnswer(error);
  return { status, code: toFailureCode(code) };
}

export function refuseOtherMethods(allowed: string): RequestHandler {
  return (_request, response) => {
    response.set('Allow', allowed);
    sendFailure(response, { status: 405, code: 'method' });
  };
}
