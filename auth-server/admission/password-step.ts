import type { RequestHandler } from 'express';
import { type Admission, toAdmissionAnswer } from './admission';
import { BusyError } from './places';
import { sendError } from '../common/errors';
import { AUTH_BASE_PATH } from '../../contract';
import { hasPassword, ownerOf, PASSWORD_RETRY_S } from '../../runtime/network/password-requests';

/** Most requests contain none of the fields and are not parsed here. */
const PASSWORD = /password/i;

/**
 * Admits requests with a password before Better-Auth, which takes four times the processor time
 * until its first hook. That hook admits bodies of other types. What no endpoint answers needs no
 * place: its response can wait for others on the same connection.
 *
 * @param isEndpoint whether Better-Auth has an endpoint at the path for the method.
 */
export function admitPasswords(
  admission: Admission,
  isEndpoint: (path: string, method: string) => boolean,
): RequestHandler {
  return async (request, response, next) => {
    const { path, method, headers } = request;
    const body = request.is(['json', '+json']) ? readJson(request.body) : null;
    if (!hasPassword(body) || !isEndpoint(AUTH_BASE_PATH + path, method)) return next();
    const header = (name: string) => headers[name]?.toString();
    try {
      await admission.admit('password', ownerOf({ path, body, header }));
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      response.set('Retry-After', PASSWORD_RETRY_S);
      return sendError(response, toAdmissionAnswer(error));
    }
    next();
  };
}

/** The body was checked. */
function readJson(text: unknown): unknown {
  if (typeof text !== 'string' || !PASSWORD.test(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
