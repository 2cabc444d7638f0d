import { type Admission, BUSY } from './admission';
import { BusyError } from './places';
import { RETRY_AFTER_S, toErrorBody } from '../common/errors';
import { AUTH_BASE_PATH, JWKS_PATH } from '../../contract';
import { ownerOf } from '../../runtime/network/password-requests';

/**
 * Admits a request to Better-Auth, for an endpoint or for a page. The key set needs no place: all
 * verifiers depend on it.
 * @returns the answer when it is not admitted: nothing was done.
 */
export async function refuseBusy(request: Request, admission: Admission): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  if (pathname === AUTH_BASE_PATH + JWKS_PATH) return null;
  const header = (name: string) => request.headers.get(name);
  try {
    await admission.admit('other', ownerOf({ path: undefined, body: null, header }));
    return null;
  } catch (error) {
    if (!(error instanceof BusyError)) throw error;
    const headers = { 'retry-after': RETRY_AFTER_S };
    return Response.json(toErrorBody(BUSY, pathname), { status: BUSY.status, headers });
  }
}
