import { renderApiDocument, renderAuthDocument, renderMergedDocument } from './api-documents';
import { renderClientTypes } from './client-types';
import { renderComposeFile } from './compose-settings';
import { renderEnvExample, renderSettingsPage } from './settings-documents';

/** A generated file. It is in version control and is compared in CI. */
export interface GeneratedFile {
  /** Path from the root of the project. */
  file: string;
  content: () => string | Promise<string>;
}

export const GENERATED_FILES: readonly GeneratedFile[] = [
  { file: '.env.example', content: renderEnvExample },
  { file: 'docs/settings.md', content: renderSettingsPage },
  { file: 'docker-compose.yml', content: renderComposeFile },
  { file: 'openapi.json', content: renderApiDocument },
  { file: 'openapi-auth.json', content: renderAuthDocument },
  { file: 'openapi-all.json', content: renderMergedDocument },
  { file: 'test/journeys/api-types.ts', content: renderClientTypes },
];
