import { loadNatively } from './load';

export const { createAuthServer } = loadNatively(
  'auth-server/app',
) as typeof import('../../../auth-server/app');
