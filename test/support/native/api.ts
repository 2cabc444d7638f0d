import type * as setup from '../../../src/app.setup';
import { applyPatience } from './apply-patience';
import { loadNatively } from './load';

applyPatience();

export const { API_PLAN, assembleApi, createApi, describeApi } = loadNatively(
  'src/app.setup',
) as typeof setup;
