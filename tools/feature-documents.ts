import { existsSync, readFileSync } from 'node:fs';
import type { OpenAPIObject } from '@nestjs/swagger';
import { renderApiDocument } from './api-documents';
import { findRouteFaults, type RoutesDocument } from './features/routes';
import type { GeneratedFile } from './generated-files';
import { renderFeatureSettingsPage } from './settings-documents';
import { type FeatureDeclaration } from '../features/define-feature';
import { PRODUCT_FEATURES } from '../contract';
import { findUnlistedMigrations } from '../runtime/unlisted-migrations';
import { findUnlistedEntities } from '../src/database/feature-check';

type Json = Record<string, unknown>;

/** The documents of each feature of the product: `openapi.json` and `settings.md` of its folder. */
export function listFeatureDocuments(): GeneratedFile[] {
  return PRODUCT_FEATURES.flatMap((feature) => [
    ...(feature.api ? [openApiOf(feature)] : []),
    ...(feature.settings ? [settingsOf(feature)] : []),
  ]);
}

function openApiOf(feature: FeatureDeclaration): GeneratedFile {
  return {
    file: `features/${feature.name}/openapi.json`,
    content: async () => {
      const whole = JSON.parse(await renderApiDocument()) as OpenAPIObject;
      return `${JSON.stringify(toFeatureDocument(whole, feature), null, 2)}\n`;
    },
  };
}

function settingsOf(feature: FeatureDeclaration): GeneratedFile {
  const file = `features/${feature.name}/settings.md`;
  return { file, content: () => renderFeatureSettingsPage(feature) };
}

/** @returns a sentence for each contradiction between the features, their routes and entities. */
export async function listFeatureFaults(): Promise<string[]> {
  const misplaced = PRODUCT_FEATURES.map(({ name }) => `features/${name}/${name}.feature.ts`)
    .filter((file) => !existsSync(file))
    .map((file) => `${file} does not exist: a feature has the name of its folder.`);
  const routes = Object.fromEntries(
    PRODUCT_FEATURES.flatMap((feature) => Object.entries(feature.routes ?? {})),
  );
  const own = JSON.parse(readFileSync('openapi.json', 'utf8')) as RoutesDocument;
  const whole = JSON.parse(await renderApiDocument()) as RoutesDocument;
  const unlisted = [...findUnlistedEntities(), ...findUnlistedMigrations()].map(
    (fault) => `${fault}.`,
  );
  return [...misplaced, ...unlisted, ...findRouteFaults(whole, { routes, own })];
}

/** The part of the document that the routes of a feature are described by. */
function toFeatureDocument(whole: OpenAPIObject, feature: FeatureDeclaration): Json {
  const names = Object.keys(feature.routes ?? {}).map(
    (name) => name.split(' ') as [string, string],
  );
  const paths: Record<string, Json> = {};
  for (const [method, path] of names) {
    const item = (whole.paths as Record<string, Json>)[path] ?? {};
    paths[path] = { ...paths[path], [method.toLowerCase()]: item[method.toLowerCase()] };
  }
  const securitySchemes = withoutScopesOfOthers(whole.components?.securitySchemes, feature);
  const tags = whole.tags?.filter(({ name }) => Object.hasOwn(feature.tags ?? {}, name));
  const info = { ...whole.info, title: `Gatehouse API: ${feature.name}` };
  const components = { securitySchemes, ...referredComponents(whole, paths) };
  return { ...whole, info, tags, paths, components };
}

/** The document of a feature stays as it is when the product gets another feature. */
function withoutScopesOfOthers(schemes: unknown, feature: FeatureDeclaration): unknown {
  const others = PRODUCT_FEATURES.filter((other) => other !== feature);
  const scopes = new Set(others.flatMap((other) => Object.keys(other.scopes ?? {})));
  return JSON.parse(JSON.stringify(schemes), (name, value: unknown) =>
    scopes.has(name) ? undefined : value,
  );
}

/** Every component that the paths refer to, directly or by other components. */
function referredComponents(whole: OpenAPIObject, paths: Json): Json {
  const all = whole.components as Record<string, Json>;
  const found: Record<string, Json> = {};
  const visit = (part: unknown): void => {
    for (const [kind, name] of referencesIn(part)) {
      if (found[kind]?.[name] !== undefined) continue;
      found[kind] = { ...found[kind], [name]: all[kind]?.[name] };
      visit(all[kind]?.[name]);
    }
  };
  visit(paths);
  return found;
}

function referencesIn(part: unknown): [kind: string, name: string][] {
  const matches = JSON.stringify(part).matchAll(/"#\/components\/(\w+)\/(\w+)"/g);
  return [...matches].map(([, kind, name]) => [kind!, name!]);
}
