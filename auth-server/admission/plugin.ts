import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { type Admission, toAdmissionAnswer } from './admission';
import { BusyError } from './places';
import type { HookContext } from '../common/hook-types';
import { requestContext } from '../common/request-context';
import { hasPassword, ownerOf, PASSWORD_RETRY_S } from '../../runtime/network/password-requests';

export { Admission } from './admission';
export { refuseBusy } from './request-step';

/** Admits requests with a password that {@link admitPasswords} has not seen: forms, pages. */
export function passwordAdmission(admission: Admission): BetterAuthPlugin {
  return {
    id: 'gatehouse-password-admission',
    hooks: {
      before: [
        {
          matcher: ({ body }) => hasPassword(body),
          handler: createAuthMiddleware((ctx) => admit(ctx, admission)),
        },
      ],
    },
  };
}

function admit({ path, body, headers }: HookContext, admission: Admission): Promise<void> {
  const header = (name: string) => headers?.get(name);
  return orRefuse(admission.admit('password', ownerOf({ path, body, header })));
}

/** @throws {APIError} when the request is not admitted. */
export async function orRefuse<T>(admitted: Promise<T>): Promise<T> {
  try {
    return await admitted;
  } catch (error) {
    if (!(error instanceof BusyError)) throw error;
    const { status, ...answer } = toAdmissionAnswer(error);
    const name = status === 429 ? 'TOO_MANY_REQUESTS' : 'SERVICE_UNAVAILABLE';
    throw new APIError(name, answer, { 'retry-after': PASSWORD_RETRY_S });
  }
}

/**
 * Work that waits for another service: in this time others use the place of the request.
 * @throws {APIError} when there is no place afterwards.
 */
export function whileLeft<T>(work: () => Promise<T>): Promise<T> {
  const place = requestContext.getStore()?.place;
  return place ? orRefuse(place.whileLeft(work)) : work();
}
