import { PROBLEM_CODES, type ProblemCode } from './problem-codes';

/** One unacceptable value of a request. */
export interface ValidationIssue {
  /** RFC 6901 pointer into the body, or `/name` of a query or path parameter; empty: the whole. */
  pointer: string;
  detail: string;
}

export interface ProblemOptions {
  /** Shown to the caller; defaults to the code's meaning. Never library, SQL or stack text. */
  detail?: string;
  errors?: ValidationIssue[];
  headers?: Record<string, string>;
  /** The private reason: for the log alone. */
  cause?: unknown;
}

/** An error that is sent to the caller as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: ValidationIssue[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    readonly code: ProblemCode,
    options: ProblemOptions = {},
  ) {
    const { status, title, meaning } = PROBLEM_CODES[code];
    super(title, { cause: options.cause });
    this.status = status;
    this.title = title;
    this.detail = options.detail ?? meaning;
    this.errors = options.errors;
    this.headers = { ...defaultHeaders(code, status), ...options.headers };
  }
}

/** Seconds until a retry, when another part is unavailable. */
const RETRY_AFTER_SECONDS = '2';

function defaultHeaders(code: ProblemCode, status: number): Record<string, string> {
  // RFC 6750, section 3.1: the error attribute only when a token was sent.
  if (code === 'missing_token') return { 'www-authenticate': 'Bearer' };
  if (code === 'invalid_token') return { 'www-authenticate': 'Bearer error="invalid_token"' };
  // RFC 9110, section 15.5.2: every 401 names a scheme.
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  if (status === 503) return { 'retry-after': RETRY_AFTER_SECONDS };
  return {};
}
