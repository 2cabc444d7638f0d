import { OAuthAccessTokenEntity } from './entities/oauth-access-token.entity';
import { OAuthClientAssertionEntity } from './entities/oauth-client-assertion.entity';
import { OAuthClientResourceEntity } from './entities/oauth-client-resource.entity';
import { OAuthClientEntity } from './entities/oauth-client.entity';
import { OAuthConsentEntity } from './entities/oauth-consent.entity';
import { OAuthRefreshTokenEntity } from './entities/oauth-refresh-token.entity';
import { OAuthResourceScopeEntity } from './entities/resources/oauth-resource-scope.entity';
import { OAuthResourceServerEntity } from './entities/resources/oauth-resource-server.entity';
import { OAuthResourceEntity } from './entities/oauth-resource.entity';

/**
 * The tables of the authorization server. The API manages clients and resources; only the auth
 * server uses the others.
 */
export const OAUTH_ENTITIES = [
  OAuthAccessTokenEntity,
  OAuthClientAssertionEntity,
  OAuthClientResourceEntity,
  OAuthClientEntity,
  OAuthConsentEntity,
  OAuthRefreshTokenEntity,
  OAuthResourceEntity,
  OAuthResourceScopeEntity,
  OAuthResourceServerEntity,
];
