import { decodeJwt } from 'jose';
import { SCOPES, SERVICE_ACCOUNT_SCOPES } from '../../contract';
import { PASSWORD, type SignedInUser, type System, type TestClient } from '../support/system';
import type { KnownValues } from './values';

export const ROLES = ['anonymous', 'user', 'admin'] as const;

/**
 * OAuth clients: one with all scopes and a first-party client without scopes of the API, which act
 * for an administrator, and a service account with all scopes.
 */
export const CLIENTS = ['client', 'first-party client', 'service account'] as const;

export type Role = (typeof ROLES)[number] | (typeof CLIENTS)[number];

export function isClient(role: Role): boolean {
  return CLIENTS.some((client) => client === role);
}

/** What authenticates a request. */
export type Sender = Pick<SignedInUser, 'accessToken' | 'refreshToken'> & Partial<SignedInUser>;

/** The response of the stream has no end. */
const LEFT_OUT = 'access-events:read';

/** Senders and subjects, recreated as soon as a request has deleted or changed them. */
export class People {
  private readonly senders = new Map<Role, Sender>();
  private target: SignedInUser | undefined;

  constructor(private readonly system: System) {}

  async sender(role: Role): Promise<Sender | undefined> {
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
    const known = [this.target, ...(role === 'user' ? [sender as SignedInUser] : [])];
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

  private async make(role: Role): Promise<Sender> {
    const { system } = this;
    if (role === 'user') return system.asUser();
    if (role === 'service account') return toSender(await system.asServiceAccount(ACCOUNT_SCOPES));
    const admin = await system.asNewAdmin();
    if (role === 'client') return toSender(await system.asClient(admin, CLIENT_SCOPES));
    if (role !== 'first-party client') return admin;
    return toSender(await system.asClient(admin, ['openid'], { firstParty: true }));
  }
}

const ACCOUNT_SCOPES = SERVICE_ACCOUNT_SCOPES.filter((scope) => scope !== LEFT_OUT);
const CLIENT_SCOPES = SCOPES.filter((scope) => scope !== LEFT_OUT && scope !== 'offline_access');

function toSender({ accessToken }: TestClient): Sender {
  return { accessToken, refreshToken: '' };
}
