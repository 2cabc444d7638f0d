import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { randomBytes, randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { listBuildContext } from './image/build-context';
import { type ComposeService, parseComposeFile } from './image/compose-file';
import { Container } from './image/container';
import { type Dockerfile, parseDockerfile } from './image/dockerfile';
import { buildImage, type Image } from './image/image-build';
import { startEmbeddedPostgres } from '../launcher/postgres/embedded-postgres';
import { isFree } from '../launcher/services/ports';

/**
 * `npm run check:image` builds the image without a container engine, with the steps of the
 * Dockerfile, and starts what `docker-compose.yml` starts: migrations, auth server, API. Each
 * runs as an unprivileged user on files that it cannot change. Runs in the root of the project.
 */
async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-image-'));
  chmodSync(directory, 0o755);
  try {
    const image = build(directory);
    await startEverything(image, directory);
  } finally {
    spawnSync('chmod', ['-R', 'u+w', directory]);
    rmSync(directory, { recursive: true, force: true });
  }
}

function build(directory: string): Image {
  const dockerfile = parseDockerfile(readFileSync('Dockerfile', 'utf8'));
  refuseOtherNode(dockerfile);
  const context = join(directory, 'context');
  for (const file of listBuildContext('.')) cpSync(file, join(context, file));
  const image = buildImage({ dockerfile, context, directory });
  if (/^(root|0)?$/.test(image.user)) throw new Error('The image runs as root.');
  const binaries = join(image.root, 'usr/local/bin');
  mkdirSync(binaries, { recursive: true });
  cpSync(process.execPath, join(binaries, 'node'));
  spawnSync('chmod', ['-R', 'a-w,a+rX', image.root]);
  return image;
}

function refuseOtherNode({ stages }: Dockerfile): void {
  const [, version] = /^node:([\d.]+)-/.exec(stages[0]!.base) ?? [];
  if (version === process.versions.node) return;
  throw new Error(`The image has Node.js ${version}, the tests run on ${process.versions.node}.`);
}

async function startEverything(image: Image, directory: string): Promise<void> {
  const postgres = await startEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    durable: false,
  });
  const running: Container[] = [];
  try {
    const services = parseComposeFile(
      readFileSync('docker-compose.yml', 'utf8'),
      await chooseVariables(),
    );
    for (const service of Object.values(services).filter(({ build: own }) => own)) {
      await start(withDatabase(service, postgres.url), { image, running });
    }
    for (const container of running.toReversed()) await expectCleanStop(container);
  } finally {
    for (const container of running) await container.stop();
    await postgres.stop();
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** The login of the service on the embedded server, which stands for the container `postgres`. */
function withDatabase(service: ComposeService, ownerUrl: string): ComposeService {
  const url = new URL(service.environment!.DATABASE_URL!);
  const owner = new URL(ownerUrl);
  const isOwner = url.username === 'gatehouse';
  url.host = owner.host;
  url.pathname = owner.pathname;
  const DATABASE_URL = isOwner ? owner.href : url.href;
  return { ...service, environment: { ...service.environment, DATABASE_URL } };
}

/**
 * A free port below the range that systems hand out for outgoing connections: no other process
 * takes it between this choice and its use.
 */
async function choosePort(first: number): Promise<number> {
  const port = randomInt(first, first + 1_000);
  return (await isFree(port)) ? port : choosePort(first);
}

/** What a person writes into `.env`, and the addresses that containers have names for. */
async function chooseVariables(): Promise<Record<string, string>> {
  const [authPort, apiPort] = [await choosePort(10_000), await choosePort(11_000)];
  return {
    AUTH_PORT: String(authPort),
    API_PORT: String(apiPort),
    AUTH_INTERNAL_URL: `http://127.0.0.1:${authPort}`,
    SMTP_URL: 'smtp://127.0.0.1:9',
    POSTGRES_PASSWORD: secret(),
    AUTH_DATABASE_PASSWORD: secret(),
    API_DATABASE_PASSWORD: secret(),
    BETTER_AUTH_SECRET: secret(),
    ADMIN_PASSWORD: secret(),
  };
}

/** A service with a health check is waited for until it is healthy, any other until it ends. */
async function start(
  { command = [], environment = {} }: ComposeService,
  { image, running }: { image: Image; running: Container[] },
): Promise<void> {
  const container = new Container({ image, command, environment });
  if (environment.HEALTH_URL === undefined) {
    const code = await container.ended();
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}\n${container.output}`);
    console.log(`${command.join(' ')} has ended with 0.`);
  } else {
    running.push(container);
    await container.becomesHealthy();
    console.log(`${command.join(' ')} is healthy.`);
  }
}

async function expectCleanStop(container: Container): Promise<void> {
  const code = await container.stop();
  if (code !== 0) throw new Error(`A stop ended with ${code}.\n${container.output}`);
}

void main();
