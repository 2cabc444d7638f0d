import { decodeJwt } from 'jose';
import { PASSWORD, type SignedInUser, type System } from '../support/system';
import type { KnownValues } from './values';

export const ROLES = ['anonymous', 'user', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/** Senders and subjects, recreated as soon as a request has deleted or changed them. */
export class People {
  private readonly senders = new Map<Role, SignedInUser>();
  private target: SignedInUser | undefined;

  constructor(private readonly system: System) {}

  async sender(role: Role): Promise<SignedInUser | undefined> {
    if (role === 'anonymous') return undefined;
    const sender = this.senders.get(role) ?? (await this.make(role));
    this.senders.set(role, sender);
    return sender;
  }

  /** The next request has a new sender. */
  forget(role: Role): void {
    this.senders.delete(role);
  }

  forgetTarget(): void {
    this.target = undefined;
  }

  /** Of the sender, of another user, and of no user. */
  async known(role: Role): Promise<KnownValues> {
    const sender = await this.sender(role);
    this.target ??= await this.system.asUser();
    // The administrator does not demote or delete the own account.
    const known = [this.target, ...(sender && role === 'user' ? [sender] : [])];
    const ids = known.map(({ id }) => id);
    const sessions = known.map(({ accessToken }) => String(decodeJwt(accessToken).sid));
    const tokens = known.map(({ refreshToken }) => refreshToken);
    return {
      id: [...ids, ...sessions, 'nobody'],
      sessionId: [...sessions, 'none'],
      userId: [...ids, 'nobody'],
      email: [...known.map(({ email }) => email), 'nobody@example.com'],
      password: [PASSWORD, 'another good password'],
      currentPassword: [PASSWORD],
      newPassword: [PASSWORD, 'another good password'],
      refreshToken: tokens,
      token: tokens,
      sessionToken: tokens,
      provider: ['google', 'github', 'oidc'],
      callbackURL: [
        '/',
        'https://elsewhere.example/',
        '//elsewhere.example',
        'javascript:alert(1)',
      ],
    };
  }

  private make(role: Role): Promise<SignedInUser> {
    return role === 'admin' ? this.system.asNewAdmin() : this.system.asUser();
  }
}
