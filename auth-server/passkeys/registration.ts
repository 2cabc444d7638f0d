import type { passkey } from '@better-auth/passkey';
import { APIError, createAuthMiddleware, isAPIError } from 'better-auth/api';
import { z } from 'zod';
import { fieldOf } from '../common/caller';
import type { AfterHook } from '../common/hook-types';
import { requestContext } from '../common/request-context';
import { assertHolderVerified } from './user-verification';

/** Base64url of 1,023 bytes (WebAuthn Level 3, section 4, "Credential ID"). */
const LONGEST_CREDENTIAL_ID = 1_364;

/** In bytes. A key of ML-DSA-87 has 2,592, an RSA key fewer. */
const LONGEST_KEY = 4_000;

/** Names of WebAuthn Level 3, section 5.8.4, and later ones. */
const transports = z.array(z.string().regex(/^[a-z-]{1,32}$/)).max(10);

type Options = NonNullable<NonNullable<Parameters<typeof passkey>[0]>['registration']>;
type Registration = Parameters<NonNullable<Options['afterVerification']>>[0];

const FAULTY = {
  code: 'FAILED_TO_VERIFY_REGISTRATION',
  message: 'Failed to verify registration',
};

/** Requests whose response of the device is valid. */
const verified = new WeakSet<object>();

/** @throws {APIError} also when the credential is registered already, also for another user. */
export async function acceptRegistration(registration: Registration): Promise<void> {
  const { ctx, verification, clientData } = registration;
  assertHolderVerified(verification.registrationInfo?.userVerified ?? false);
  const { id = '', publicKey = [] } = verification.registrationInfo?.credential ?? {};
  const { success } = transports.nullish().safeParse(clientData.response.transports);
  const isTooLong = id.length > LONGEST_CREDENTIAL_ID || publicKey.length > LONGEST_KEY;
  if (!success || isTooLong) throw new APIError('BAD_REQUEST', FAULTY);
  noteVerified();
  const where = [{ field: 'credentialID', value: id }];
  if (await ctx.context.adapter.findOne({ model: 'passkey', where })) {
    throw new APIError('BAD_REQUEST', {
      code: 'PREVIOUSLY_REGISTERED',
      message: 'Previously registered',
    });
  }
}

function noteVerified(): void {
  const request = requestContext.getStore();
  if (request) verified.add(request);
}

/**
 * The plugin answers 500 to every error after the challenge, also when the response of the device is
 * not valid. Until it is valid, the plugin uses nothing but the request.
 */
export const refuseFaultyRegistration: AfterHook = {
  matcher: ({ path }) => path === '/passkey/verify-registration',
  handler: createAuthMiddleware(({ context: { returned } }) => {
    const isFailure = isAPIError(returned) && fieldOf(returned.body, 'code') === FAULTY.code;
    const request = requestContext.getStore();
    if (!isFailure || !request || verified.has(request)) return Promise.resolve();
    request.replacedStatus = 400;
    throw new APIError('BAD_REQUEST', FAULTY);
  }),
};
