import { fastify } from 'fastify';
import { serveResourceMetadata } from '../../src/auth-proxy/well-known';
import type { ApiSettings } from '../../src/config/api-settings';
import { resourceMetadataUrl } from '../../src/config/resource-metadata';

async function read(jwtIssuer: string): Promise<Record<string, unknown>> {
  const app = fastify();
  const settings = { jwtIssuer, jwtAudience: 'https://api.example.com' } as ApiSettings;
  serveResourceMetadata(app, settings);
  return (await app.inject('/.well-known/oauth-protected-resource')).json();
}

describe('the metadata of the API', () => {
  it('names the authorization server', async () => {
    const issuer = 'https://auth.example.com';
    expect(await read(issuer)).toMatchObject({ authorization_servers: [issuer] });
  });

  it.each(['gatehouse', 'urn:gatehouse', 'https://auth.example.com/'])(
    'names no authorization server when the issuer is %s: there is none',
    async (issuer) => {
      expect(await read(issuer)).not.toHaveProperty('authorization_servers');
    },
  );
});

describe('a challenge names the metadata (RFC 9728, section 5.1)', () => {
  const settings = {
    apiUrl: 'https://api.example.com',
    jwtAudience: 'https://api.example.com',
    jwtIssuer: 'https://auth.example.com',
  } as ApiSettings;

  it('when the audience is the URL of the API', () => {
    const url = 'https://api.example.com/.well-known/oauth-protected-resource';
    expect(resourceMetadataUrl(settings)).toBe(url);
  });

  it.each([{ jwtAudience: 'urn:gatehouse' }, { jwtIssuer: 'gatehouse' }])(
    'but not with %o: a client would refuse the metadata',
    (changes) => {
      expect(resourceMetadataUrl({ ...settings, ...changes })).toBeNull();
    },
  );
});
