import { defineFeature } from '../../../features/define-feature';
import { CreateTroves1795466002000 } from './migrations/1795466002000-CreateTroves';

/**
 * A feature with the routes and columns that the tutorial has not: a test installs it in a copy of
 * the project.
 */
export const troves = defineFeature({
  name: 'troves',
  tags: { Troves: 'Files of the users' },
  routes: {
    'GET /api/v1/users/me/troves/table': 'user',
    'GET /api/v1/users/me/troves/card': 'user',
    'GET /api/v1/users/me/troves/changes': 'user',
    'POST /api/v1/users/me/troves': 'user',
    'POST /api/v1/troves/payments': 'open',
  },
  tables: ['trove'],
  migrations: [CreateTroves1795466002000],
  examples: { refused: { receivePayment: 'forbidden' } },
  api: () => (require('./troves.api') as typeof import('./troves.api')).api,
});
