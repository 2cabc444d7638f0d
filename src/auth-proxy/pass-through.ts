import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import replyFrom, { type FastifyReplyFromHooks } from '@fastify/reply-from';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { toCallerHeaders } from './caller-headers';
import { refuseRepeatedHeaders } from './repeated-headers';
import { KEPT_CONNECTIONS } from './kept-connections';
import { withoutWarnings } from '../http/request/request-logger';
import { toCallerContext } from '../http/request/caller-context';
import { leaveOf } from '../http/request/client-leave';
import { ACCESS_TOKEN_HEADER, AUTH_BASE_PATH, AUTH_SERVER_DOCUMENTS } from '../../contract';
import { restartTime } from '../../runtime/database/database-scope';
import { Problem } from '../common/problems/problem';
import type { ApiSettings } from '../config/api-settings';

/** Hop-by-hop headers (RFC 9110, section 7.6.1). */
const HOP_BY_HOP =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings)$/;

/**
 * Headers that are not passed on: hop-by-hop headers, `Expect` (already answered here), and all
 * headers in which a client can claim an IP address or a host.
 */
const NOT_FROM_CLIENTS = new RegExp(
  `${HOP_BY_HOP.source}|^(expect|forwarded|x-forwarded-.*|x-real-ip|x-gatehouse-.*)$`,
);

/** Headers of an answer whose body has not arrived. */
const OF_BODY = /^(content-(encoding|language|length)|etag|set-cookie)$/;

/** The longest time without data from the auth server. The timers of undici can fire 1 s later. */
const TIMEOUT_MS = 3_500;

/** The age above which a connection is not used again. */
const CONNECTION_AGE_MS = 60_000;

/** The methods of the endpoints of the auth server. The API refuses all others. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export interface PassThroughOptions {
  settings: ApiSettings;
  /** Proves to the auth server that the client's IP address comes from the API. */
  internalSecret: string;
  /** Waits until this replica has received the changes that the auth server has just made. */
  catchUp: () => Promise<void>;
}

/**
 * Passes `/api/auth/*` and the metadata of the auth server through unchanged: bodies streamed,
 * `Set-Cookie` kept, hop-by-hop headers removed. One base URL is enough for a browser or an SDK.
 */
export function registerAuthPassThrough(
  fastify: FastifyInstance,
  options: PassThroughOptions,
): void {
  void fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    refuseRepeatedHeaders(scope);
    // Before the body: it would stay unread.
    scope.addHook('onRequest', ({ url }, _reply, done) => {
      done(isInside(url) ? undefined : new Problem('malformed_request'));
    });
    // The auth server reads the body; the API forwards it unread.
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, apart(payload)));
    await scope.register(replyFrom, {
      base: options.settings.authInternalUrl,
      undici: untilClientLeaves(
        new Agent({
          ...KEPT_CONNECTIONS,
          // The plugin's default accepts every certificate.
          connect: { timeout: TIMEOUT_MS, rejectUnauthorized: true },
          // No limit: at a limit, all requests wait here, without turns and without an end, for clients
          // that send their body slowly or repeat a request. The auth server gives each its turn.
          connections: null,
          // Otherwise an object remains for each connection of the largest number at once.
          clientTtl: CONNECTION_AGE_MS,
        }),
      ),
      disableRequestLogging: true,
      disableCache: true,
    });
    scope.route({
      method: METHODS,
      url: `${AUTH_BASE_PATH}/*`,
      handler: (request, reply) => passThrough(request, reply, options),
    });
    for (const document of AUTH_SERVER_DOCUMENTS) {
      for (const address of [document, `${document}/*`]) {
        scope.get(address, (request, reply) => passThrough(request, reply, options));
      }
    }
  });
}

/** Of the client for which the plugin calls. */
const clientLeft = new AsyncLocalStorage<AbortSignal | undefined>();

/**
 * Ends a call when its client has left. The plugin does it during a body or an answer, not while the
 * request waits.
 */
function untilClientLeaves(dispatcher: Dispatcher) {
  type Parameters = [options: Dispatcher.RequestOptions, callback: () => void];
  const request = (...[options, callback]: Parameters) =>
    dispatcher.request({ ...options, signal: clientLeft.getStore() }, callback);
  return { request: request as Dispatcher['request'] };
}

/**
 * The body in a stream of its own. The HTTP client destroys it when the auth server answers before
 * the end of the body. Without it, the connection of the caller would be destroyed.
 */
function apart(body: IncomingMessage): Readable {
  const copy = body.pipe(new PassThrough());
  body.once('close', () => body.complete || copy.destroy());
  // A body that stays unread would hold up the next request of the connection.
  copy.once('close', () => body.resume());
  return copy;
}

function passThrough(
  request: FastifyRequest,
  reply: FastifyReply,
  { internalSecret, catchUp }: PassThroughOptions,
): FastifyReply {
  const path = request.url.split('?', 1)[0]!;
  request.log = withoutWarnings(request.log);
  const options: FastifyReplyFromHooks = {
    timeout: TIMEOUT_MS,
    // No retry: a repeated sign-in has other effects.
    retryDelay: () => null,
    rewriteRequestHeaders: (_request, headers) => ({
      ...without(headers, NOT_FROM_CLIENTS),
      ...toCallerHeaders(toCallerContext(request), internalSecret),
    }),
    rewriteHeaders: toClientHeaders,
    onResponse: (_request, _reply, response) => {
      const { stream } = response as unknown as { stream: Readable };
      if (!isChange(request, reply)) return void reply.send(stream);
      // The auth server can end in the meantime.
      stream.on('error', () => {});
      // After the answer to a sign-out, the next request here is refused.
      const send = () => sendBody(reply, stream);
      void catchUp().then(send, send);
    },
    onError: (failed, { error }) => {
      failed.send(new Problem('auth_server_unavailable', { cause: error }));
    },
  };
  // The time in which a slow client sends its body is not that of the answer.
  if (request.body instanceof Readable) request.body.once('end', AsyncResource.bind(restartTime));
  const left = endsWithClient(request.method, path) ? leaveOf(request.raw.socket) : undefined;
  return clientLeft.run(left, () => reply.from(path, options));
}

function sendBody(reply: FastifyReply, body: Readable): void {
  if (!body.errored) return void reply.send(body);
  for (const name of Object.keys(reply.getHeaders())) {
    if (OF_BODY.test(name)) reply.removeHeader(name);
  }
  void reply.send(new Problem('auth_server_unavailable', { cause: body.errored }));
}

/**
 * Reads, sign-ins and sign-ups end when their client leaves. Other requests are done, because many
 * take access away: a browser that signs out can leave the page at once.
 */
function endsWithClient(method: string, path: string): boolean {
  const isReading = ['GET', 'HEAD'].includes(method) && !path.endsWith('/end-session');
  return isReading || /\/sign-(in|up)\//.test(path);
}

/** A link of a client signs the user out by GET: then the answer changes cookies. */
function isChange({ method }: FastifyRequest, reply: FastifyReply): boolean {
  return !['GET', 'HEAD'].includes(method) || reply.hasHeader('set-cookie');
}

/** Dot segments, separators, also encoded ones, and what a URL parser would encode. */
const SUSPICIOUS_PATH = /%2e|%2f|%5c|\\|%25|\/\.{1,2}(\/|$)|\/\/|["<>^`{|}]/i;

/**
 * The path is passed on unchanged, so both servers must read it in the same way. No target has a
 * fragment (RFC 9112, section 3.2).
 */
function isInside(target: string): boolean {
  const path = target.split('?', 1)[0]!;
  const isSuspicious = SUSPICIOUS_PATH.test(path) || target.includes('#');
  const isBelow = [AUTH_BASE_PATH, ...AUTH_SERVER_DOCUMENTS].some(
    (place) => path === place || path.startsWith(`${place}/`),
  );
  return isBelow && !isSuspicious;
}

/** Also removes the headers that `Connection` lists (RFC 9110, section 7.6.1). */
function toClientHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? '').toLowerCase().split(/[\s,]+/);
  const kept = Object.entries(without(headers, HOP_BY_HOP));
  return Object.fromEntries(
    kept.filter(([name]) => name !== ACCESS_TOKEN_HEADER && !named.includes(name)),
  );
}

function without(headers: IncomingHttpHeaders, names: RegExp): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.test(name)));
}
