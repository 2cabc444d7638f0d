import { makePkce, OAuthStage, type Parameters } from '../stage';

/** Of another machine in development. The provider writes it with https. */
const ISSUER = 'http://gatehouse.internal:3000';

let stage: OAuthStage;

beforeAll(async () => {
  stage = await OAuthStage.start({ env: { JWT_ISSUER: ISSUER } });
});

afterAll(() => stage.system.stop());

describe('the issuer in an authorization response (RFC 9207)', () => {
  it.each<[string, Parameters, string | null, Record<string, string> | false]>([
    ['a code', {}, null, {}],
    ['an error', { scope: 'openid nonsense' }, 'invalid_scope', {}],
    ['an error in the fragment', { response_type: 'token' }, 'unsupported_response_type', {}],
    ['a refused consent', {}, 'access_denied', false],
  ])('is as it is written in the settings: %s', async (_title, changes, error, consent) => {
    const { browser } = await stage.user();
    const { clientId } = await stage.register({ type: 'public' });
    const url = stage.authorization(clientId, makePkce(), changes);
    const { hash, searchParams } = await browser.authorize(url, consent);
    const answer = hash === '' ? searchParams : new URLSearchParams(hash.slice(1));
    expect([answer.get('iss'), answer.get('error')]).toEqual([ISSUER, error]);
  });
});
