import type { FastifyInstance } from 'fastify';
import { Problem } from '../common/problems/problem';
import { hasSingleHeaders } from '../../runtime/network/single-headers';

/** Refuses requests with two headers of which only the first would reach the auth server. */
export function refuseRepeatedHeaders(scope: FastifyInstance): void {
  scope.addHook('onRequest', ({ raw }, _reply, done) => {
    done(hasSingleHeaders(raw) ? undefined : new Problem('malformed_request'));
  });
}
