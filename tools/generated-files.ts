import { loadSettings } from '../runtime/settings/load';
import { describeApi } from '../src/app.setup';
import { renderEnvExample, renderSettingsPage } from './settings-documents';

/** A file that is made from code. It is kept in version control and compared in CI. */
export interface GeneratedFile {
  /** Path from the root of the project. */
  file: string;
  content: () => string | Promise<string>;
}

/** The document as a fresh checkout serves it. */
async function renderOpenApi(): Promise<string> {
  const settings = loadSettings({ DATABASE_URL: 'postgres://localhost/unused' }, 'api');
  return `${JSON.stringify(await describeApi(settings), null, 2)}\n`;
}

export const GENERATED_FILES: readonly GeneratedFile[] = [
  { file: '.env.example', content: renderEnvExample },
  { file: 'docs/settings.md', content: renderSettingsPage },
  { file: 'openapi.json', content: renderOpenApi },
];
