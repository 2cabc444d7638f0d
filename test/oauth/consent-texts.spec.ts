import { readFileSync } from 'node:fs';
import { TEXTS } from '../../auth-server/pages/common/texts';
import { API_SCOPES, API_SCOPE_TEXTS, PRODUCT_FEATURES, SCOPES } from '../../contract';

interface Operation {
  operationId: string;
  security: Record<string, string[]>[];
  'x-scopes'?: string[];
  'x-roles'?: string[];
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties: object; required: string[] }> };
}

const [document, ...featureDocuments] = [
  'openapi.json',
  ...PRODUCT_FEATURES.map(({ name }) => `features/${name}/openapi.json`),
].map((file) => JSON.parse(readFileSync(file, 'utf8')) as OpenApi) as [OpenApi, ...OpenApi[]];
const texts = TEXTS.consent.scopes;

/** The words of the consent page that tell the user about an operation. */
const WORDS: Record<string, Record<string, string>> = {
  profile: { getOwnProfile: 'see your name', getUser: 'see your name' },
  ...Object.fromEntries(API_SCOPES.map((scope) => [scope, API_SCOPE_TEXTS[scope].opens])),
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

function operationsWith(scope: string): Operation[] {
  return [document, ...featureDocuments]
    .flatMap(({ paths }) => Object.values(paths))
    .flatMap((item) => Object.values(item))
    .filter((operation) => operation['x-scopes']?.includes(scope));
}

function isForAdministrators(scope: string): boolean {
  const operations = operationsWith(scope);
  return operations.length > 0 && operations.every((one) => one['x-roles']?.join() === 'admin');
}

describe('the text of the consent page', () => {
  it('exists for every scope, and for no other', () => {
    expect([...texts.keys()].sort()).toEqual([...SCOPES].sort());
  });

  it.each([...SCOPES])('for %s names every route that the scope opens', (scope) => {
    const words = WORDS[scope] ?? {};
    const ids = operationsWith(scope).map(({ operationId }) => operationId);
    expect(ids.sort()).toEqual(Object.keys(words).sort());
    for (const part of Object.values(words)) expect(texts.get(scope)).toContain(part);
  });

  it('names every field of the user that a client reads', () => {
    const { properties } = document.components.schemas.ClientUser!;
    expect(Object.keys(properties).sort()).toEqual(Object.keys(FIELD_WORDS).sort());
    for (const [scope, pattern] of Object.values(FIELD_WORDS)) {
      expect(texts.get(scope)).toMatch(pattern);
    }
  });

  it('says that the scopes for administrators need the role', () => {
    const scopes = SCOPES.filter(isForAdministrators);
    expect(scopes).toEqual(expect.arrayContaining(['users:read', 'users:write', 'audit:read']));
    for (const scope of scopes) {
      expect(texts.get(scope)).toMatch(/^if you are an administrator: /);
    }
  });
});
