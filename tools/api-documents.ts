import type { OpenAPIObject } from '@nestjs/swagger';
import { toAuthDocument } from './auth-document/document';
import { describeAuthServer } from '../auth-server/describe';
import { loadSettings } from '../runtime/settings/load';
import { describeApi } from '../src/app.setup';
import { mergeDocuments } from '../src/openapi/merged-document';

/** Settings of a new checkout. Nothing is connected, and no secret is in a document. */
const ENVIRONMENT = {
  DATABASE_URL: 'postgres://localhost/unused',
  BETTER_AUTH_SECRET: 'documents are made without any secret at all',
};

/** A file has no host: its URLs are relative to where it is served. */
const SERVERS = [{ url: '/', description: 'The API' }];

export async function renderApiDocument(): Promise<string> {
  return render(await apiDocument());
}

export async function renderAuthDocument(): Promise<string> {
  return render(await authDocument());
}

export async function renderMergedDocument(): Promise<string> {
  return render(mergeDocuments(await apiDocument(), await authDocument()));
}

async function apiDocument(): Promise<OpenAPIObject> {
  return { ...(await describeApi(loadSettings(ENVIRONMENT, 'api'))), servers: SERVERS };
}

async function authDocument(): Promise<OpenAPIObject> {
  const description = await describeAuthServer(loadSettings(ENVIRONMENT, 'auth'));
  return toAuthDocument(description) as unknown as OpenAPIObject;
}

function render(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
