import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderTokenCases } from '.';

// `npm run generate:token-cases`. A test compares the page.
writeFileSync(join(__dirname, '../../../docs/token-cases.md'), renderTokenCases());
