import { SECOND_FACTOR_TABLES } from '../../contract';
import { toTableMapping } from '../common/table-mapping';

const { passkey } = toTableMapping(SECOND_FACTOR_TABLES);

/** The table of the passkey plugin. */
export const PASSKEY_MAPPING = { passkey };
