import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { renderApiDocument } from './api-documents';

const HEAD = `// Made from openapi.json by \`npm run generate\`, as docs/guides/typed-client.md shows.

`;

/** The types of a client, generated from the document. */
export async function renderClientTypes(): Promise<string> {
  const document = JSON.parse(await renderApiDocument()) as OpenAPI3;
  const nodes = await openapiTS(document);
  const print = astToString as unknown as (nodes: object[]) => string;
  return HEAD + print(nodes);
}
