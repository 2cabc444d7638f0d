import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { once } from 'node:events';
import { z } from 'zod';
import { destinationFault, type Destinations } from '../destinations/destination';
import { lookupPublic } from '../destinations/public-lookup';
import { KEY_ERROR } from '../security-events';

/** Longest time for one attempt, and the part of an answer that is read. */
const TIMEOUT_MS = 10_000;
const LONGEST_ANSWER_BYTES = 4_096;

/** Interim answers (1xx) before the answer. Node.js accepts any number of them. */
const MOST_INTERIM_ANSWERS = 10;

export interface Push {
  url: string;
  set: string;
  authorization: string | null;
  allowed: Destinations;
  /** Ends the attempt when the auth server stops. */
  signal: AbortSignal;
}

/**
 * `refused`: the receiver does not want this token. `postponed`: the answer concerns this token, and
 * can change. `failed`: the receiver takes no token now.
 */
export type PushResult =
  | { outcome: 'accepted' }
  | { outcome: 'refused' | 'postponed' | 'failed'; error: string; retryAfterMs: number };

/** Errors about the transmitter (RFC 8935, section 2.4). Each other one is about the token. */
const SENDER_ERRORS = ['authentication_failed', 'access_denied'];

/** Answers of the 4xx class that are not about the token. */
const RECEIVER_STATUSES = [401, 403, 408, 429];

/** The longest time of `Retry-After` that is honoured. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** Sends one token (RFC 8935). It follows no redirect. It never throws. */
export async function pushSet(push: Push): Promise<PushResult> {
  // Again: the setting can have changed since the stream was created.
  const fault = destinationFault(push.url, push.allowed);
  if (fault !== null) return failed(fault);
  try {
    const response = await send(push);
    const status = response.statusCode ?? 0;
    if (status === 202) return acknowledge(response);
    const text = await readStart(response);
    return { ...judge(status, text), retryAfterMs: toRetryAfter(response.headers['retry-after']) };
  } catch (error) {
    return failed(describe(error));
  }
}

async function send({ url, set, authorization, allowed, signal }: Push): Promise<IncomingMessage> {
  const target = new URL(url);
  const end = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const request = (target.protocol === 'http:' ? requestHttp : requestHttps)(target, {
    method: 'POST',
    agent: false,
    ...(allowed === 'public' && { lookup: lookupPublic(end) }),
    signal: end,
    headers: {
      'content-type': 'application/secevent+jwt',
      'content-length': Buffer.byteLength(set),
      accept: 'application/json',
      ...(authorization !== null && { authorization }),
    },
  });
  // Errors after the headers belong to the response.
  request.on('error', () => {});
  let interim = 0;
  request.on('information', () => {
    interim += 1;
    if (interim > MOST_INTERIM_ANSWERS) request.destroy(new Error('too many interim answers'));
  });
  request.end(set);
  const [response] = (await Promise.race([
    once(request, 'response'),
    // An answer of 101 has no response.
    once(request, 'close').then(() => Promise.reject(new Error('no response'))),
  ])) as [IncomingMessage];
  return response;
}

/** The status acknowledges. The answer has no body (RFC 8935, section 2.2), and none is read. */
function acknowledge(response: IncomingMessage): PushResult {
  response.destroy();
  return { outcome: 'accepted' };
}

/** Not more than the limit: the connection is closed. */
async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= LONGEST_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, LONGEST_ANSWER_BYTES).toString('utf8');
}

/** The receiver gets no token now. */
export function failed(error: string): PushResult {
  return { outcome: 'failed', error, retryAfterMs: 0 };
}

function judge(status: number, text: string) {
  const isAboutToken = status >= 400 && status < 500 && !RECEIVER_STATUSES.includes(status);
  const outcome: 'postponed' | 'failed' = isAboutToken ? 'postponed' : 'failed';
  const { err, description = '' } = status === 400 ? parse(text) : {};
  if (err === undefined) return { outcome, error: `status ${status}` };
  const error = `status ${status}, ${err}: ${description}`;
  if (err === KEY_ERROR) return { outcome, error };
  const isRefused = !SENDER_ERRORS.includes(err);
  return { outcome: isRefused ? ('refused' as const) : ('failed' as const), error };
}

/** Seconds or a date (RFC 9110, section 10.2.3), in milliseconds from now. */
function toRetryAfter(header = ''): number {
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Math.min(Math.max(ms, 0) || 0, LONGEST_RETRY_AFTER_MS);
}

/** What is no text is left out. */
const errorSchema = z.object({
  err: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
});

function parse(text: string): z.infer<typeof errorSchema> {
  try {
    return errorSchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

function describe(error: unknown): string {
  const { name, cause, code, message } = error as NodeJS.ErrnoException;
  if (name !== 'AbortError') return code ?? message;
  // The reason of the signal that ended the attempt.
  const isLate = (cause as Error | undefined)?.name === 'TimeoutError';
  return isLate ? `no answer in ${TIMEOUT_MS / 1_000} s` : 'the auth server stopped';
}
