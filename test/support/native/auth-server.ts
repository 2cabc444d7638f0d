import { applyPatience } from './apply-patience';
import { loadNatively } from './load';

applyPatience();

export const { createAuthServer } = loadNatively(
  'auth-server/app',
) as typeof import('../../../auth-server/app');
