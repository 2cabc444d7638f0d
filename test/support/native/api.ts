import type * as setup from '../../../src/app.setup';
import { loadNatively } from './load';

export const { API_PLAN, assembleApi, createApi, describeApi } = loadNatively(
  'src/app.setup',
) as typeof setup;
