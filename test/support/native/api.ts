import { loadNatively } from './load';

type ApiSetup = typeof import('../../../src/app.setup');

export const { createApi, describeApi } = loadNatively<ApiSetup>('src/app.setup');
