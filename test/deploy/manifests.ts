import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { parse, parseAllDocuments } from 'yaml';

const FOLDER = 'deploy/kubernetes';

export interface Container {
  name: string;
  args?: string[];
  env?: { name: string; value?: string }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  ports?: { name: string; containerPort: number }[];
  resources?: { requests?: object; limits?: { memory?: string } };
  securityContext?: object;
  startupProbe?: object;
  livenessProbe?: object;
  readinessProbe?: object;
}

export interface PodSpec {
  enableServiceLinks?: boolean;
  automountServiceAccountToken?: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext?: object;
  containers: Container[];
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec?: { template?: { spec: PodSpec }; selector?: object; [field: string]: unknown };
}

/** Every object of the files that `kustomization.yaml` lists. */
export function readManifests(): Manifest[] {
  const { resources } = parse(readFileSync(join(FOLDER, 'kustomization.yaml'), 'utf8')) as {
    resources: string[];
  };
  return resources.flatMap(readManifestFile);
}

/** The objects of one file of the folder. */
export function readManifestFile(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map(
    (document) => document.toJS() as Manifest,
  );
}

/** @returns what the schemas refuse: missing fields, wrong types. */
export function schemaFaults(manifests: object[]): string[] {
  const script = join(__dirname, 'validate-manifests.mjs');
  const input = JSON.stringify(manifests);
  const output = execFileSync(process.execPath, [script], { input, encoding: 'utf8' });
  return JSON.parse(output) as string[];
}

/**
 * @returns fields that the types do not know. The schemas accept every field; the compiler
 *   refuses one in a literal that the type does not have.
 */
export function unknownFields(manifests: Manifest[]): string[] {
  const file = join(process.cwd(), 'test/deploy/manifests-to-check.ts');
  const source = manifests.map(toTypedLiteral).join('\n');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...others) =>
    name === file
      ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2023)
      : readSource(name, ...others);
  const program = ts.createProgram([file], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

function toTypedLiteral(manifest: Manifest, index: number): string {
  const { apiVersion, kind } = manifest;
  const module = `kubernetes-models/${apiVersion}`;
  return (
    `import type { I${kind} as Type${index} } from '${module}';\n` +
    `export const value${index}: Type${index} = ${JSON.stringify(manifest)};`
  );
}
