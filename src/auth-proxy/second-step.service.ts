import { Inject, Injectable } from '@nestjs/common';
import type { SignedIn } from './auth.schemas';
import { AuthServerClient, type AuthServerAnswer } from './auth-server.client';
import { AuthService } from './auth.service';
import { toNewSession } from './new-session';
import type { CallerContext } from '../http/request/caller-context';
import type { TwoFactor } from './second-step.schemas';
import { challengeCookieName, toCompactCode } from '../../contract';
import { Problem } from '../common/problems/problem';
import type { ProblemCode } from '../common/problems/problem-codes';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';

/**
 * The problems for refusals of Better-Auth. Every other refusal means that the challenge is no
 * longer valid.
 */
const PROBLEM_BY_CODE: Record<string, ProblemCode> = {
  INVALID_CODE: 'invalid_two_factor_code',
  INVALID_BACKUP_CODE: 'invalid_two_factor_code',
  BANNED_USER: 'banned',
  EMAIL_NOT_VERIFIED: 'email_not_verified',
  UNKNOWN_ROLE: 'unknown_role',
};

const APP_CODE = /^\d{6}$/;

/** The second step of a sign-in: the auth server does the work, this service shapes the answer. */
@Injectable()
export class SecondStepService {
  constructor(
    private readonly authServer: AuthServerClient,
    private readonly auth: AuthService,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /**
   * @throws {Problem} `invalid_two_factor_code`, `invalid_challenge`, `banned`, `email_not_verified`,
   *   `unknown_role`, or as the client's
   */
  async verify({ challenge, code }: TwoFactor, caller: CallerContext): Promise<SignedIn> {
    const isAppCode = APP_CODE.test(toCompactCode(code));
    const path = isAppCode ? '/two-factor/verify-totp' : '/two-factor/verify-backup-code';
    const cookie = `${challengeCookieName(this.settings.authUrl)}=${challenge}`;
    const answer = await this.authServer.call({
      method: 'POST',
      path,
      body: { code },
      cookie,
      wantsToken: true,
      caller,
    });
    assertPassed(answer);
    return this.auth.toSignedIn(toNewSession(answer, { caller, endedAs: 'invalid_challenge' }));
  }
}

function assertPassed({ status, body }: AuthServerAnswer): void {
  if (status < 300) return;
  throw new Problem(PROBLEM_BY_CODE[String(body.code)] ?? 'invalid_challenge', {
    cause: `${status} ${String(body.code)}`,
  });
}
