import { loadNatively } from './load';

export const { createAuthServer } =
  loadNatively<typeof import('../../../auth-server/app')>('auth-server/app');
