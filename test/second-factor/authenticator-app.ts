import { TOTP, URI } from 'otpauth';
import { passTime } from '../support/clock';

const STEP_MS = 30_000;

/** An authenticator app that shares no code with the server. */
export class AuthenticatorApp {
  private readonly totp: TOTP;

  /** @param uri as in the QR code. */
  constructor(readonly uri: string) {
    const totp = URI.parse(uri);
    if (!(totp instanceof TOTP)) throw new Error(`not a TOTP address: ${uri}`);
    this.totp = totp;
  }

  get issuer(): string {
    return this.totp.issuer;
  }

  /** The secret in its two encodings. */
  get secret(): string[] {
    return [this.totp.secret.base32, this.totp.secret.utf8];
  }

  /** @param steps by which the app's clock is ahead of the server's, thirty seconds each. */
  code(steps = 0): string {
    return this.totp.generate({ timestamp: Date.now() + steps * STEP_MS });
  }

  /** Six digits that are no valid code. */
  wrongCode(): string {
    const right = new Set([-3, -2, -1, 0, 1, 2, 3].map((steps) => this.code(steps)));
    let code = '';
    do {
      code = Math.floor(Math.random() * 1_000_000)
        .toString()
        .padStart(6, '0');
    } while (right.has(code));
    return code;
  }
}

/** Advances the clock by steps of thirty seconds. */
export function passSteps(steps: number): void {
  passTime(steps * STEP_MS);
}
