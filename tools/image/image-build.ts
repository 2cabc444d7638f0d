import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import {
  type Dockerfile,
  type Instruction,
  parseArg,
  parseExecForm,
  type Stage,
} from './dockerfile';

/** How a container of the image starts. */
export interface Image {
  /** The folder that stands for `/`. */
  root: string;
  workingDirectory: string;
  environment: Record<string, string>;
  user: string;
  entrypoint: string[];
  command: string[];
  healthCheck: string[];
}

export interface BuildOptions {
  dockerfile: Dockerfile;
  /** Folder with the build context. */
  context: string;
  /** Empty folder in which each stage gets a folder. */
  directory: string;
}

const METADATA = ['LABEL', 'EXPOSE', 'ARG'];

/**
 * Carries out the steps of a Dockerfile in folders instead of layers. The image that it
 * starts from brings Node.js, npm and a shell: those of this host take their place.
 *
 * @throws on an instruction that it does not know, so that no step is left out in silence.
 */
export function buildImage({ dockerfile, context, directory }: BuildOptions): Image {
  const images = new Map<string, Image>();
  for (const stage of dockerfile.stages) {
    const image = startStage(stage, { images, directory });
    for (const instruction of stage.instructions) {
      apply(instruction, { image, images, context });
    }
    images.set(stage.name, image);
  }
  return [...images.values()].at(-1)!;
}

function startStage(stage: Stage, parts: { images: Map<string, Image>; directory: string }): Image {
  const root = join(parts.directory, stage.name);
  const base = parts.images.get(stage.base);
  if (base) {
    cpSync(base.root, root, { recursive: true, verbatimSymlinks: true });
    return { ...base, root };
  }
  mkdirSync(root, { recursive: true });
  const empty = { entrypoint: [], command: [], healthCheck: [] };
  return { root, workingDirectory: '/', environment: {}, user: 'root', ...empty };
}

interface Surroundings {
  image: Image;
  images: Map<string, Image>;
  context: string;
}

function apply({ keyword, argument }: Instruction, surroundings: Surroundings): void {
  const { image } = surroundings;
  if (METADATA.includes(keyword)) return;
  if (keyword === 'WORKDIR') {
    image.workingDirectory = resolve(image.workingDirectory, argument);
    mkdirSync(join(image.root, image.workingDirectory), { recursive: true });
  } else if (keyword === 'ENV') image.environment = { ...image.environment, ...parseArg(argument) };
  else if (keyword === 'USER') image.user = argument;
  else if (keyword === 'ENTRYPOINT') image.entrypoint = parseExecForm(argument);
  else if (keyword === 'CMD') image.command = parseExecForm(argument);
  else if (keyword === 'HEALTHCHECK') image.healthCheck = parseHealthCheck(argument);
  else if (keyword === 'COPY') copy(argument, surroundings);
  else if (keyword === 'RUN') run(argument, image);
  else throw new Error(`${keyword} is not supported: teach it to tools/image/image-build.ts`);
}

function parseHealthCheck(argument: string): string[] {
  const [, list = ''] = /\sCMD\s+(\[.*\])$/.exec(argument) ?? [];
  return parseExecForm(list);
}

function copy(argument: string, { image, images, context }: Surroundings): void {
  const [, from, paths = ''] = /^(?:--from=(\S+)\s+)?(.*)$/.exec(argument) ?? [];
  const source = from === undefined ? context : images.get(from)?.root;
  if (source === undefined) throw new Error(`COPY from an unknown stage: ${argument}`);
  const names = paths.split(/\s+/);
  const target = names.pop()!;
  for (const name of names) {
    const path = join(source, name);
    const isInto = target.endsWith('/') && !statSync(path).isDirectory();
    const folder = join(image.root, resolve(image.workingDirectory, target));
    const destination = isInto ? join(folder, basename(name)) : folder;
    cpSync(path, destination, { recursive: true, verbatimSymlinks: true });
  }
}

function run(argument: string, image: Image): void {
  const command = argument.replace(/^(--\S+\s+)+/, '');
  const variables = Object.entries(image.environment).map(([name, value]) => `${name}=${value}`);
  const { status } = spawnSync('sh', ['-c', CLEAN_ENVIRONMENT, command, ...variables], {
    cwd: join(image.root, image.workingDirectory),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`failed (exit code ${status}): RUN ${argument}`);
}

/** `npm run` sets variables that would change what npm does inside the build. */
const CLEAN_ENVIRONMENT =
  'exec env -i PATH="$PATH" HOME="$HOME" npm_config_prefer_offline=true ' +
  '${npm_config_registry:+npm_config_registry="$npm_config_registry"} "$@" sh -c "$0"';
