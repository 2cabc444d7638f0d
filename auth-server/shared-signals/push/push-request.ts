import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { once } from 'node:events';
import { z } from 'zod';
import { destinationFault, type Destinations, lookupPublic } from './destination';

/** Longest time for one attempt, and the part of an answer that is read. */
const TIMEOUT_MS = 10_000;
const LONGEST_ANSWER_BYTES = 4_096;

export interface Push {
  url: string;
  set: string;
  authorization: string | null;
  allowed: Destinations;
}

export type PushResult = { outcome: 'accepted' } | { outcome: 'refused' | 'failed'; error: string };

/** Errors about the token itself (RFC 8935, section 2.4). Others can end without a new token. */
const FINAL_ERRORS = ['invalid_request', 'invalid_key', 'invalid_issuer', 'invalid_audience'];

/** Sends one token (RFC 8935). It follows no redirect. It never throws. */
export async function pushSet(push: Push): Promise<PushResult> {
  // Again: the setting can have changed since the stream was created.
  const fault = destinationFault(push.url, push.allowed);
  if (fault !== null) return { outcome: 'failed', error: fault };
  try {
    const response = await send(push);
    const text = await readStart(response);
    return toResult(response.statusCode ?? 0, text);
  } catch (error) {
    return { outcome: 'failed', error: describe(error) };
  }
}

async function send({ url, set, authorization, allowed }: Push): Promise<IncomingMessage> {
  const target = new URL(url);
  const request = (target.protocol === 'http:' ? requestHttp : requestHttps)(target, {
    method: 'POST',
    agent: false,
    ...(allowed === 'public' && { lookup: lookupPublic }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      'content-type': 'application/secevent+jwt',
      'content-length': Buffer.byteLength(set),
      accept: 'application/json',
      ...(authorization !== null && { authorization }),
    },
  });
  // Errors after the headers belong to the response.
  request.on('error', () => {});
  request.end(set);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
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

function toResult(status: number, text: string): PushResult {
  if (status === 202) return { outcome: 'accepted' };
  if (status !== 400) return { outcome: 'failed', error: `status ${status}` };
  const { err = '', description = '' } = parse(text);
  const isFinal = FINAL_ERRORS.includes(err);
  return {
    outcome: isFinal ? 'refused' : 'failed',
    error: `status 400, ${err}: ${description}`,
  };
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
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError')
    return `no answer in ${TIMEOUT_MS / 1_000} s`;
  return code ?? message;
}
