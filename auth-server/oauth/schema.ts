import { OAUTH_TABLES } from '../../contract';
import { toTableMapping } from '../common/table-mapping';

/** The tables of the OAuth provider plugin. */
export const OAUTH_MAPPING = toTableMapping(OAUTH_TABLES);
