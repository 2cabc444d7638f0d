import { type Admission, BUSY } from './admission';
import { BusyError } from './places';
import { RETRY_AFTER_S, toErrorBody } from '../common/errors';
import { AUTH_BASE_PATH } from '../../contract';
import { ownerOf } from '../../runtime/network/password-requests';

/**
 * Endpoints that need no place: they wait for a provider, for a name server or for the next event,
 * and in this time others could not use it. The key set causes no query.
 */
const WITHOUT_PLACE = [
  '/sign-in/social',
  '/link-social',
  '/callback/',
  '/ssf/poll/',
  '/ssf/stream',
  '/jwks',
];

/**
 * Admits a request to Better-Auth, for an endpoint or for a page.
 * @returns the answer when it is not admitted: nothing was done.
 */
export async function refuseBusy(request: Request, admission: Admission): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  const path = pathname.slice(AUTH_BASE_PATH.length);
  if (WITHOUT_PLACE.some((start) => path.startsWith(start))) return null;
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
