import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { basicCredentials, readForm } from './introspection-form';
import type { IntrospectionAnswer, IntrospectionService } from './introspection.service';
import { refuseRepeatedHeaders } from '../repeated-headers';
import { toCallerContext } from '../../http/request/caller-context';
import { AUTH_BASE_PATH, INTROSPECTION_PATH } from '../../../contract';
import { BODY_LIMIT } from '../../../runtime/http/request-limits';
import { qualityFor } from '../../../runtime/network/accept-header';

/** RFC 9701, section 4. */
const SIGNED_ANSWER = 'application/token-introspection+jwt';

const HEADERS = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** Headers of the auth server that belong to its answer. */
const KEPT_HEADERS = ['content-type', 'www-authenticate', 'retry-after'];

/** Answers introspection at the path of the auth server, before the pass-through. */
export function registerIntrospection(
  fastify: FastifyInstance,
  service: IntrospectionService,
): void {
  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    refuseRepeatedHeaders(scope);
    const parseAs = { parseAs: 'string', bodyLimit: BODY_LIMIT } as const;
    scope.addContentTypeParser('*', parseAs, (_request, body, parsed) => parsed(null, body));
    scope.post(AUTH_BASE_PATH + INTROSPECTION_PATH, async (request, reply) => {
      const body = typeof request.body === 'string' ? request.body : '';
      const { authorization, 'content-type': contentType } = request.headers;
      const caller = toCallerContext(request);
      const answer = await service.introspect({
        form: readForm(request, body),
        credentials: basicCredentials(request),
        headers: { authorization, contentType },
        caller,
      });
      return send(answer, { request, reply, service });
    });
    done();
  });
}

interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
  service: IntrospectionService;
}

async function send(
  answer: IntrospectionAnswer,
  { request, reply, service }: Exchange,
): Promise<FastifyReply> {
  void reply.headers(HEADERS);
  if (answer.report === null) return sendAsIs(answer.answer, reply);
  if (!wantsSignature(request)) return reply.send(answer.report);
  const token = await service.sign(answer, toCallerContext(request));
  return reply.type(SIGNED_ANSWER).send(token);
}

function sendAsIs(
  { status, headers, text }: { status: number; headers: Headers; text: string },
  reply: FastifyReply,
): FastifyReply {
  for (const name of KEPT_HEADERS) {
    const value = headers.get(name);
    if (value !== null) void reply.header(name, value);
  }
  return reply.code(status).send(text);
}

/** A client that names the type gets it, unless it prefers JSON (RFC 9110, section 12.5.1). */
function wantsSignature({ headers: { accept = '' } }: FastifyRequest): boolean {
  const quality = qualityFor(accept, SIGNED_ANSWER);
  const isNamed = accept.toLowerCase().includes(SIGNED_ANSWER);
  return isNamed && quality > 0 && quality >= qualityFor(accept, 'application/json');
}
