import { createHash } from 'node:crypto';
import { STYLE_SHEET } from '../../../runtime/pages/style-sheet';

const VERSION = createHash('sha256').update(STYLE_SHEET).digest('hex').slice(0, 12);

/** The name contains a hash of the content, so browsers cache it without limit. */
export const STYLE_SHEET_PATH = `/assets/pages-${VERSION}.css`;
