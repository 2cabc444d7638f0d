import { AdminModule } from './admin.module';
import type { FeatureApi } from '../common/feature-api';

export const api: FeatureApi = { module: AdminModule };
