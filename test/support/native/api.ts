import { loadNatively } from './load';

type ApiSetup = typeof import('../../../src/app.setup');

export const { createApi, describeApi } = loadNatively('src/app.setup') as ApiSetup;
