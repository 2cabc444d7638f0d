import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { html } from './html';
import { sendPage } from './page-answer';
import { TEXTS, type FailureCode } from './texts';
import { RETRY_AFTER_S, toErrorAnswer } from '../http/errors';
import { requestContext } from '../request-context';
import type { Logger } from '../../runtime/logger';

/** Ends a request for a page with the page that says why. */
export class PageFailure extends Error {
  override readonly name = 'PageFailure';

  constructor(
    readonly status: number,
    readonly code: FailureCode,
  ) {
    super(code);
  }
}

/** Says what failed, in our own words: nothing of a request is repeated. */
export function sendFailure(response: Response, { status, code }: Failure): void {
  const requestId = requestContext.getStore()?.requestId;
  const { title, home, ...labels } = TEXTS.failure;
  const main = html`<p>${TEXTS.failures[code]}</p>
    <p class="soft">
      ${labels.code}: ${code}${requestId && html`<br />${labels.requestId}: ${requestId}`}
    </p>
    <p><a href="/">${home}</a></p>`;
  sendPage(response, { status, page: { title, main, failed: true } });
}

interface Failure {
  status: number;
  code: FailureCode;
}

/** Last of the pages. What is no {@link PageFailure} is logged and told as little as possible. */
export function answerPageErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const failure = toFailure(error);
    if (failure.status >= 500) {
      const requestId = requestContext.getStore()?.requestId;
      logger.error({ requestId, err: error }, 'page failed');
    }
    if (failure.status === 503) response.set('Retry-After', RETRY_AFTER_S);
    if (failure.status === 413) response.set('Connection', 'close');
    sendFailure(response, failure);
  };
}

function toFailure(error: unknown): Failure {
  if (error instanceof PageFailure) return error;
  const { status } = toErrorAnswer(error);
  if (status === 503) return { status, code: 'unavailable' };
  if (status === 413) return { status, code: 'too_large' };
  return { status, code: 'unknown' };
}

export function refuseOtherMethods(allowed: string): RequestHandler {
  return (_request, response) => {
    response.set('Allow', allowed);
    sendFailure(response, { status: 405, code: 'method' });
  };
}
