import { readFileSync } from 'node:fs';
import { TEXTS } from '../../auth-server/pages/common/texts';
import { SCOPES } from '../../contract';

interface Operation {
  operationId: string;
  security: Record<string, string[]>[];
  'x-scopes'?: string[];
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties: object; required: string[] }> };
}

const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as OpenApi;
const texts = TEXTS.consent.scopes;

/** The words of the consent page that tell the user about an operation. */
const WORDS: Record<string, Record<string, RegExp>> = {
  profile: { getOwnProfile: /see your name/, getUser: /see your name/ },
  'users:read': {
    listUsers: /all users/,
    getUserAsAdmin: /e-mail addresses, roles, bans/,
    listUserSessions: /sessions/,
    getStatistics: /statistics/,
  },
  'users:write': {
    createUser: /create/,
    updateUser: /change/,
    setUserRole: /change/,
    banUser: /ban/,
    unbanUser: /ban/,
    deleteUser: /delete users/,
    endUserSessions: /end their sessions/,
    endUserSession: /end their sessions/,
    requestPasswordReset: /mails to set a password/,
  },
  'audit:read': { listAuditEvents: /audit log/ },
};

/** The words for the fields of a user that a client reads. */
const FIELD_WORDS: Record<string, [scope: string, RegExp]> = {
  id: ['openid', /id of your account/],
  name: ['profile', /name/],
  image: ['profile', /picture/],
  createdAt: ['profile', /created/],
  updatedAt: ['profile', /last changed/],
  email: ['email', /e-mail address/],
  emailVerified: ['email', /verified/],
};

function operationsWith(scope: string): string[] {
  return Object.values(document.paths)
    .flatMap((item) => Object.values(item))
    .filter((operation) => operation['x-scopes']?.includes(scope))
    .map(({ operationId }) => operationId);
}

describe('the text of the consent page', () => {
  it('exists for every scope, and for no other', () => {
    expect([...texts.keys()].sort()).toEqual([...SCOPES].sort());
  });

  it.each([...SCOPES])('for %s names every route that the scope opens', (scope) => {
    const words = WORDS[scope] ?? {};
    expect(operationsWith(scope).sort()).toEqual(Object.keys(words).sort());
    for (const pattern of Object.values(words)) expect(texts.get(scope)).toMatch(pattern);
  });

  it('names every field of the user that a client reads', () => {
    const { properties } = document.components.schemas.ClientUser!;
    expect(Object.keys(properties).sort()).toEqual(Object.keys(FIELD_WORDS).sort());
    for (const [scope, pattern] of Object.values(FIELD_WORDS)) {
      expect(texts.get(scope)).toMatch(pattern);
    }
  });

  it('says that the scopes of the API need the role', () => {
    for (const scope of Object.keys(WORDS).filter((name) => name.includes(':'))) {
      expect(texts.get(scope)).toMatch(/^if you are an administrator: /);
    }
  });
});
