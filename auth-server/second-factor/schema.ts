import { SECOND_FACTOR_TABLES, TABLES } from '../../contract';
import { toTableMapping } from '../common/table-mapping';

const { twoFactor } = toTableMapping(SECOND_FACTOR_TABLES);

/** The table of the two-factor plugin, and the column that it adds to `user`. */
export const SECOND_FACTOR_MAPPING = {
  user: { fields: { twoFactorEnabled: TABLES.user.columns.twoFactorEnabled } },
  twoFactor,
};
