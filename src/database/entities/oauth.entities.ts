import { OAuthAccessTokenEntity } from './oauth-access-token.entity';
import { OAuthClientAssertionEntity } from './oauth-client-assertion.entity';
import { OAuthClientResourceEntity } from './oauth-client-resource.entity';
import { OAuthClientEntity } from './oauth-client.entity';
import { OAuthConsentEntity } from './oauth-consent.entity';
import { OAuthRefreshTokenEntity } from './oauth-refresh-token.entity';
import { OAuthResourceScopeEntity } from './resources/oauth-resource-scope.entity';
import { OAuthResourceServerEntity } from './resources/oauth-resource-server.entity';
import { OAuthResourceEntity } from './oauth-resource.entity';

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
