import { TABLES } from '../../contract';
import { toTableMapping } from '../common/table-mapping';

/** The table of the jwt plugin. */
export const JWT_MAPPING = toTableMapping({ jwks: TABLES.jwks });
